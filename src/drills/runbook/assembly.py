"""An `Incident` from the parts of a chapter that has no table of causes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from drills.runbook.commands import block_commands, commands_in, span_commands
from drills.runbook.document import item_texts, list_items, plain
from drills.runbook.errors import LineError
from drills.runbook.figures import figures
from drills.runbook.measures import measured
from drills.runbook.model import Alert, Cause, Command, Incident, Quantity, Step
from drills.runbook.quantities import limit
from drills.runbook.roles import Role, bare
from drills.runbook.steps import steps
from drills.runbook.windows import window_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from drills.common.threshold import Threshold
    from drills.runbook.document import Node, Section
    from drills.runbook.parts import Part

_NAME = re.compile(r"(?=\w*[a-z0-9][A-Z]|\w*[A-Z]{2,}[a-z]|\w*_\w)[A-Za-z]\w*")
_NAMED = re.compile(
    rf"[\"'`]?({_NAME.pattern})[\"'`]?(?=\s*(?:\Z|[(:,.;/\u2013-]|(?i:fires|alert|runbook|playbook|is |and )))"
)
_ALERT_ITEM = re.compile(rf"(?:\[.\]\s*)?alerts?\s*:?\s*[`\"']?({_NAME.pattern})", re.IGNORECASE)
_ALERT_TITLE = re.compile(r"alerts?(?: name)?\s*[:\u2013-]\s*(.+)", re.IGNORECASE)
_INCIDENT_TITLE = re.compile(
    r"(?:runbook|playbook|incident|scenario|issue|problem|case)\s*#?\d*\s*[:\u2013-]\s*(.+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Chapter:
    """One incident of a document: its heading, its line, its parts; *stem* is the name of its file."""

    title: str
    line: int
    parts: tuple[Part, ...]
    stem: str

    def of(self, *roles: Role | None) -> list[Part]:
        """Return the parts with one of these roles, in order."""
        return [part for part in self.parts if part.role in roles]


def incident(chapter: Chapter, number: int) -> Incident:
    """Return the incident of *chapter*: diagnosis as steps, each way to mitigate as a cause."""
    mitigation = [part for part, role in _roles(chapter) if role is Role.MITIGATION]
    diagnosis = [part for part, role in _roles(chapter) if role is Role.DIAGNOSIS]
    checks = chapter.of(Role.VERIFICATION)
    return Incident(
        id=number,
        name=_title(chapter),
        alert=_alert(chapter),
        symptoms=tuple(text for part in chapter.of(Role.SYMPTOMS) for text in _texts(part)),
        investigation=tuple(step for part in diagnosis for step in _steps(part)),
        causes=tuple(_causes(number, mitigation)),
        verification=tuple(command for part in checks for command in _commands(part)),
        expected=tuple(text for part in checks for text in _texts(part)),
        heading=chapter.title,
        line=chapter.line,
        about=tuple(text for part in chapter.of(Role.ABOUT) for text in _texts(part)),
        severity=next((part.text or " ".join(_texts(part)) for part in chapter.of(Role.SEVERITY)), ""),
        escalation=tuple(text for part in chapter.of(Role.ESCALATION) for text in _texts(part)),
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
            role = last
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


def _title(chapter: Chapter) -> str:
    title = bare(chapter.title)
    match = _INCIDENT_TITLE.fullmatch(title) or _ALERT_TITLE.fullmatch(title)
    return (match[1].strip() if match else title) or chapter.stem


def _alert(chapter: Chapter) -> Alert:
    named = next(iter(chapter.of(Role.ALERT)), None)
    line, text = _alert_text(chapter)
    quantity, threshold, window = _level(line, text)
    return Alert(_alert_name(chapter, named, text), quantity, threshold, window, text, line)


def _alert_text(chapter: Chapter) -> tuple[int, str]:
    named = next(iter(chapter.of(Role.ALERT)), None)
    return (named.line, named.text or " ".join(_texts(named))) if named else (chapter.line, "")


def _level(line: int, text: str) -> tuple[Quantity, Threshold | None, float | None]:
    """Read what the alert measures and its limit, where its own words say both; nothing is taken from elsewhere."""
    try:
        return _said(line, text)
    except LineError:
        return Quantity.OTHER, None, None


def _said(line: int, text: str) -> tuple[Quantity, Threshold, float | None]:
    quantity = measured(line, text)
    if quantity is None:
        raise LineError(line, f"{text!r} names no known quantity; expected words like 'error rate'")
    return quantity, limit(line, quantity, text), window_s(line, quantity, text)


def unread_level(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Yield why the figures in an alert's words were not read, where they have any."""
    line, text = _alert_text(chapter)
    if not any(not each.spelt for each in figures(text)):
        return
    try:
        _said(line, text)
    except LineError as error:
        yield error.line, f"{error}; nothing is read as the alert's threshold"


def _alert_name(chapter: Chapter, named: Part | None, text: str) -> str:
    spans = [node.content for node in _code(named)] if named else []
    if spans and re.fullmatch(r"[\w:.-]+", spans[0]):
        return spans[0]
    title = bare(chapter.title)
    titled = _ALERT_TITLE.fullmatch(title)
    said = titled[1].strip() if titled else ""
    found = next((match for each in (text, said, title) if (match := _NAMED.match(each))), None)
    if found:
        return found[1]
    told = (_alert_item(each) for part in chapter.of(Role.SYMPTOMS, Role.ABOUT) for each in _texts(part))
    item = next((each for each in told if each), None)
    if item:
        return item
    if said:
        return re.sub(r"\s*\(.*\)\s*$", "", said).strip("\"'` ")
    if _NAME.fullmatch(chapter.stem):
        return chapter.stem
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", _title(chapter))) or chapter.stem


def _alert_item(text: str) -> str | None:
    """Return the name in an item such as "Alert: `PostgresDown` fires"."""
    match = _ALERT_ITEM.match(text)
    return match[1] if match and _NAME.fullmatch(match[1]) else None


def _code(part: Part) -> Iterator[Node]:
    for node in part.inline:
        yield from (leaf for leaf in node.walk() if leaf.type == "code_inline")
    for block in part.blocks:
        yield from (leaf for leaf in block.walk() if leaf.type == "code_inline")


def _texts(part: Part) -> Iterator[str]:
    if part.text:
        yield part.text
    yield from _words(part.blocks)
    for section in part.sections:
        for below in section.walk():
            yield below.title
            yield from _words(below.blocks)


def _words(blocks: Iterable[Node]) -> Iterator[str]:
    for block in blocks:
        if block.type == "paragraph":
            yield plain([block]).strip()
        else:
            yield from item_texts([block])
            for item in list_items([block]):
                yield from _words([child for child in item.children if child.type != "paragraph"])


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
    words = tuple(_words(part.blocks))
    if own or words or part.text or not part.sections:
        yield (bare(part.title), part.text or " ".join(words[:1]), own, None, words, part.line)
    for section in part.sections:
        yield _section(section)


def _section(section: Section) -> _Way:
    commands = tuple(command for below in section.walk() for command in commands_in(below.blocks))
    words = tuple(text for below in section.walk() for text in _words(below.blocks))
    return (bare(section.title), " ".join(words[:1]), commands, None, words, section.line)
