"""A copied terminal session: prompts are told from what is typed behind them, and both from what was printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drills.common.shell_text import typed_prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROOT = re.compile(r"\s*#\s+(?=\S)")
_MORE = re.compile(r"\s*>\s?")
_GOES_ON = re.compile(r"\s*->\s")
"""What MySQL shows before the second line of a statement."""
_INNER = re.compile(r"/ #|(?:ba)?sh-\d[\d.]*[$#]")
_CLIENT = re.compile(r"\w+[=-][#>]|(?:mysql|sqlite|redis|mongo\w*|MariaDB .*)>|[\w.-]+:\d+(?:\[\d+\])?>|>>>")
INSIDE = "inside"
"""The style of a prompt that a client or an inner shell shows."""
Line = tuple[int, str]


@dataclass(frozen=True)
class Typed:
    """What was typed at a prompt: its line, its text without the prompt, and what was typed into what it opened."""

    line: int
    text: str
    inside: str | None


@dataclass(frozen=True)
class Session:
    """The commands of a block with prompts, and the lines that were printed; *lost* were typed at no known client."""

    typed: tuple[Typed, ...]
    printed: tuple[Line, ...]
    lost: tuple[Line, ...]


def is_session(lines: Sequence[Line], *, console: bool, is_command: Callable[[str], bool]) -> bool:
    """Say whether *lines* have prompts; in a console's block a `#` before a command is root's."""
    first = next((text for _, text in lines if text.strip() and not text.lstrip().startswith("#")), "")
    if _prompt(first):
        return True
    return console and (any(_prompt(text) for _, text in lines) or _is_roots(lines, is_command))


def _is_roots(lines: Sequence[Line], is_command: Callable[[str], bool]) -> bool:
    return any(match and is_command(text[match.end() :]) for _, text in lines for match in [_ROOT.match(text)])


def read_session(
    lines: Sequence[Line], *, wants_more: Callable[[str], bool], is_command: Callable[[str], bool]
) -> Session:
    """Read what was typed in a block for which `is_session` is true."""
    root = not any(_prompt(text) for _, text in lines)
    typed: list[Typed] = []
    printed: list[Line] = []
    lost: list[Line] = []
    outer: str | None = None
    at = 0
    while at < len(lines):
        number, text = lines[at]
        at += 1
        prompt, rest = _split(text, is_command, root=root)
        style = _style(prompt) if prompt else None
        if style is None and typed and typed[-1].inside and at > 1 and (more := _GOES_ON.match(text)):
            typed[-1] = replace(typed[-1], inside=f"{typed[-1].inside}{text[more.end() :]}\n")
            continue
        outer = outer or (style if style != INSIDE else None)
        if style is None or style not in (outer, INSIDE):
            printed.append((number, text))
            continue
        while style != INSIDE and wants_more(rest) and at < len(lines):
            rest, at = f"{rest}\n{_MORE.sub('', lines[at][1], count=1)}", at + 1
        if style != INSIDE:
            typed.append(Typed(number, rest.strip(), None))
        elif typed:
            typed[-1] = replace(typed[-1], inside=f"{typed[-1].inside or ''}{rest}\n")
        else:
            lost.append((number, text))
    return Session(tuple(typed), tuple(_told(printed)), tuple(lost))


def _told(printed: list[Line]) -> list[Line]:
    return [(number, text) for number, text in printed if text.strip() and not text.lstrip().startswith("#")]


def _prompt(text: str) -> str | None:
    return typed_prompt(text.lstrip())


def _split(text: str, is_command: Callable[[str], bool], *, root: bool) -> tuple[str | None, str]:
    stripped = text.lstrip()
    match = _ROOT.match(stripped) if root else None
    if match and is_command(stripped[match.end() :]):
        return "#", stripped[match.end() :]
    prompt = _prompt(text)
    return (None, text) if prompt is None else (prompt, stripped[len(prompt) :].strip())


def _style(prompt: str) -> str:
    """Return what kind of prompt it is: those of a client or of a shell inside are typed into the last command."""
    if _CLIENT.fullmatch(prompt) or _INNER.fullmatch(prompt):
        return INSIDE
    return prompt if prompt in ("$", "%", "#") else "host"
