"""The solution as the runbook had it when the drill began, so that a record shows what should have been typed. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from drills.record.events import RanCommand
from drills.record.head import SolutionLine, SolutionLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.record.history import History


def solution_lines(lines: Iterable[SolutionLine]) -> SolutionLines:
    """Return the lines with their hash."""
    held = tuple(lines)
    return SolutionLines(lines=held, sha256=_sha256(held))


def otherwise_typed(history: History) -> Iterator[str]:
    """Yield a sentence for each thing that was not typed as the runbook has it; nothing of a record without lines."""
    documented = history.head.solution_lines
    if documented is None:
        if history.head.run is not None:
            yield "the record has its run's id, and not the solution's lines, which are written with it"
        return
    if documented.sha256 != _sha256(documented.lines):
        yield "the solution in the record's head is not the one whose hash stands beside it"
    typed = [_line(each) for each in history.of(RanCommand, purpose="resolve")]
    for wanted, ran in zip(documented.lines, typed, strict=False):
        if ran != wanted:
            yield f"the runbook has `{wanted.text}` in line {wanted.line}, and `{ran.text}` (line {ran.line}) was typed"
    if len(typed) != len(documented.lines):
        yield f"the solution has {len(documented.lines)} lines, and {len(typed)} were typed"


def _line(command: RanCommand) -> SolutionLine:
    return SolutionLine(line=command.line, text=command.text, stdin=command.stdin or None)


def _sha256(lines: Iterable[SolutionLine]) -> str:
    told = json.dumps([[each.line, each.text, each.stdin] for each in lines], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
