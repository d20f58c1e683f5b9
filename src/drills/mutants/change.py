"""One small change of a file, and the words in which it is told and recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Change:
    """Replaces the characters from *start* to *end* of a file by *new*.

    *statement* is what the change is in, *scope* the class and function around it; *was* and *now* are the changed
    lines, without their indentation. They hold when lines are added elsewhere, so they say which change it is.
    """

    operator: str
    start: int
    end: int
    new: str
    line: int
    statement: str
    was: str
    now: str
    scope: str = ""

    def applied(self, text: str) -> str:
        """Return *text*, the whole file, with this change."""
        return text[: self.start] + self.new + text[self.end :]


class Around(NamedTuple):
    """What a change is in; without a *statement*, the changed lines stand for it."""

    statement: str = ""
    scope: str = ""


def change(operator: str, text: str, span: tuple[int, int], new: str, around: Around | None = None) -> Change | None:
    """Return the change of *span* in *text* to *new*, cut down to what differs; None where nothing does."""
    around = around or Around()
    start, end, new = _cut(text, *span, new)
    if start == end and not new:
        return None
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    was = collapsed(text[first:last])
    now = collapsed(text[first:start] + new + text[end:last])
    return Change(
        operator, start, end, new, text.count("\n", 0, start) + 1, around.statement or was, was, now, around.scope
    )


def collapsed(text: str) -> str:
    """Return *text* as one line, each run of white space as one blank."""
    return " ".join(text.split())


def _cut(text: str, start: int, end: int, new: str) -> tuple[int, int, str]:
    """Leave out what *new* and the text that it replaces have in common at their ends."""
    while start < end and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while start < end and new and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    return start, end, new
