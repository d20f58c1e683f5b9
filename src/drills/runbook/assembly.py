"""An `Incident` from the parts of a chapter that has no table of causes."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from drills.runbook.chapter_alert import alert
from drills.runbook.commands import block_commands, commands_in, span_commands
from drills.runbook.incident_chapter import texts, title, words
from drills.runbook.model import Cause, Command, Incident, Step
from drills.runbook.roles import Role, bare
from drills.runbook.steps import steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.runbook.document import Section
    from drills.runbook.incident_chapter import Chapter
    from drills.runbook.parts import Part

_ACTS = re.compile(
    r"(?:clean|restart|reboot|delete|remove|kill|scale|increase|rotate|expand|free|roll ?back|fail ?over|emergency)\b"
    r"|.*\b(?:mitigat|remedi|recover|fix)",
    re.IGNORECASE,
)
"""A heading of its own words that says what to do."""


def incident(chapter: Chapter, number: int) -> Incident:
    """Return the incident of *chapter*: diagnosis as steps, each way to mitigate as a cause."""
    mitigation = [part for part, role in _roles(chapter) if role is Role.MITIGATION]
    diagnosis = [part for part, role in _roles(chapter) if role is Role.DIAGNOSIS]
    checks = chapter.of(Role.VERIFICATION)
    return Incident(
        id=number,
        name=title(chapter),
        alert=alert(chapter),
        symptoms=tuple(text for part in chapter.of(Role.SYMPTOMS) for text in texts(part)),
        investigation=tuple(step for part in diagnosis for step in _steps(part)),
        causes=tuple(_causes(number, mitigation)),
        verification=tuple(command for part in checks for command in _commands(part)),
        expected=tuple(text for part in checks for text in texts(part)),
        heading=chapter.title,
        line=chapter.line,
        about=tuple(text for part in chapter.of(Role.ABOUT, Role.LEVEL) for text in texts(part)),
        severity=next((part.text or " ".join(texts(part)) for part in chapter.of(Role.SEVERITY)), ""),
        escalation=tuple(text for part in chapter.of(Role.ESCALATION) for text in texts(part)),
    )


def unnamed(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Yield the headings with commands whose words are not known, and what their commands were read as."""
    for part, role in _roles(chapter):
        if part.role is None and role is not None and part.title != chapter.title:
            what = "an investigation" if role is Role.DIAGNOSIS else "a solution"
            yield part.line, f"{part.title!r} names no part that is known here; its commands are read as {what}"


def _roles(chapter: Chapter) -> Iterator[tuple[Part, Role | None]]:
    """Yield the parts with what they count as: commands under a name that is not known belong to the last steps.

    What is told about an incident before anything is mitigated helps to understand it, and later on no more.
    """
    last = Role.DIAGNOSIS
    for part in chapter.parts:
        role = part.role
        if role in (Role.DIAGNOSIS, Role.MITIGATION):
            last = role
        elif role is None and _has_commands(part):
            role = Role.MITIGATION if _ACTS.match(bare(part.title)) else last
        elif role is Role.ABOUT and last is Role.DIAGNOSIS and block_commands(part.blocks):
            # A command that is named in its words is an example; a block is there to be typed.
            blocks = [block for block in part.blocks if block.type in ("fence", "code_block")]
            yield replace(part, role=Role.DIAGNOSIS, inline=[], blocks=blocks), Role.DIAGNOSIS
        yield part, role


def _has_commands(part: Part) -> bool:
    return any(True for _ in _commands(part))


def _commands(part: Part) -> Iterator[Command]:
    yield from commands_in(part.blocks, after=_beside(part))
    for section in part.sections:
        for below in section.walk():
            yield from commands_in(below.blocks)


def _steps(part: Part) -> Iterator[Step]:
    beside, blocks = _beside(part), part.blocks
    if beside:
        own = list(takewhile(lambda block: block.type in ("fence", "code_block"), blocks))
        yield Step(part.title, (), commands_in(own, after=beside), part.line)
        blocks = blocks[len(own) :]
    yield from steps(blocks, part.title)
    for section in part.sections:
        for below in section.walk():
            yield from steps(below.blocks, below.title)


def _beside(part: Part) -> tuple[Command, ...]:
    """Return the commands in the words beside the part's name."""
    return span_commands(part.inline, part.line)


def _causes(number: int, parts: Sequence[Part]) -> Iterator[Cause]:
    place = 0
    for part in parts:
        for cause in _ways(part):
            place += 1
            yield Cause(f"{number}.{place}", *cause)


_Way = tuple[str, str, tuple[Command, ...], None, tuple[str, ...], int]


def _ways(part: Part) -> Iterator[_Way]:
    """Yield each way to mitigate: the part itself, and each section below it."""
    own = commands_in(part.blocks, after=_beside(part))
    said = tuple(words(part.blocks))
    if own or said or part.text or not part.sections:
        yield (bare(part.title), part.text or " ".join(said[:1]), own, None, said, part.line)
    for section in part.sections:
        yield _section(section)


def _section(section: Section) -> _Way:
    commands = tuple(command for below in section.walk() for command in commands_in(below.blocks))
    said = tuple(text for below in section.walk() for text in words(below.blocks))
    return (bare(section.title), " ".join(said[:1]), commands, None, said, section.line)
