"""The history of drills over many runs: a file with one line a row and run, that two runs may write and merge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, TypeAdapter

from drills.common.bounded import locked
from drills.common.files import write_text
from drills.record.format import Recorded, RecordError, parse
from drills.record.head import Seconds
from drills.record.verdicts import Lasting, Verdict
from drills.reports.collect import cause_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FORMAT: Final = 1
LOCKED_S: Final = 60.0
"""How long another process may take to add its lines."""


class HistoryError(RecordError):
    """A history that cannot be used; the text is one sentence, and the file is as it was."""


class Line(Recorded):
    """What one run found out about one row of the runbook. Times are null where the moment never came."""

    format: Literal[1] = Field(description="the version of this format")
    run: str = Field(description="the id of the run")
    at: str = Field(description="the wall clock when the first arm of the row began, ISO 8601, UTC")
    cause: str = Field(description="the row's id in the runbook, such as 5.1")
    cause_name: str = Field(description="the row's name in the runbook")
    verdict: Verdict | None = Field(description="the verdict on the solution; null: only the original row was drilled")
    expected: Verdict | None = Field(description="the verdict that the suite expects of the solution")
    lasting: Lasting | None = Field(description="whether the recovery lasts; null: that was not tried")
    original: Verdict | None = Field(description="the verdict on the row as first documented; null: not drilled")
    placebo: Verdict | None = Field(description="the verdict on doing nothing; null: not held")
    ttd_s: Seconds | None = Field(description="from the fault to the alert, in seconds")
    ttr_s: Seconds | None = Field(description="from the first command to the metric at its target, in seconds")
    action_s: Seconds | None = Field(description="how long the commands took, in seconds")
    length_s: Seconds = Field(description="how long all arms of the drill took together, in seconds")
    losses: dict[str, int | None] = Field(description="what the clients lost, by kind; null: not known")
    documented_minutes: tuple[float, float] = Field(description="the documented time of the solution, in minutes")
    time_scale: float = Field(description="how many times shorter than documented the windows were")
    runbook: str = Field(description="the SHA-256 of the runbook, in hexadecimal digits")
    commit: str | None = Field(description="the commit of the suite; null: not known")

    @property
    def key(self) -> tuple[str, str]:
        """What no two lines have in common."""
        return self.run, self.cause


_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def read_history(path: Path, *, missing: tuple[Line, ...] | None = None) -> tuple[Line, ...]:
    """Return the lines of *path* in the order of time, or what stands for a *missing* file where that is given.

    Raises HistoryError for a file that is missing, cut off, of another format, or that has one row of a run twice.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if missing is not None:
            return missing
        raise HistoryError(
            f"{path}: expected a history of drills, found none; `drills history add` makes one."
        ) from None
    except OSError as error:
        raise HistoryError(f"{path}: cannot be read ({error.strerror}).") from None
    return merged([(str(path), list(_lines(content, path)))])


def merged(histories: Iterable[tuple[str, Iterable[Line]]]) -> tuple[Line, ...]:
    """Return the lines of all *histories*, each row of a run once, in the order of time; each has its name first.

    Raises HistoryError where two of them say different things of the same row and run.
    """
    found: dict[tuple[str, str], tuple[str, Line]] = {}
    for name, lines in histories:
        for line in lines:
            other, known = found.setdefault(line.key, (name, line))
            if known != line:
                raise HistoryError(
                    f"{name}: row {line.cause} of run {line.run:.12} is {line.verdict}, from {line.at}, and {other} "
                    f"has another line on it ({known.verdict}, from {known.at}): remove the wrong one of the two."
                )
    return tuple(
        sorted((line for _, line in found.values()), key=lambda line: (line.at, cause_order(line.cause), line.run))
    )


def add(path: Path, lines: Iterable[Line], *, name: str) -> tuple[Line, ...]:
    """Add *lines* to the history in *path*, and return all that it has now; *name* is where they come from.

    What is there already is not added again. Raises HistoryError where it cannot be used, and leaves the file as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.with_name(f".{path.name}.lock"), LOCKED_S):
        before = read_history(path, missing=())
        after = merged([(str(path), before), (name, lines)])
        if len(after) > len(before):
            write_text(path, as_text(after))
    return after


def as_text(lines: Iterable[Line]) -> str:
    """Return the content of a history's file."""
    return "".join(json.dumps(line.model_dump(mode="json"), ensure_ascii=False) + "\n" for line in lines)


def _lines(content: bytes, path: Path) -> Iterator[Line]:
    *whole, rest = content.split(b"\n")
    for number, text in enumerate(whole, start=1):
        _require_format(text, f"{path}:{number}")
        yield parse(_LINE, text, f"{path}:{number}")
    if rest:
        raise HistoryError(f"{path}:{len(whole) + 1}: the last line is cut off; restore the file, or remove that line.")


def _require_format(text: bytes, where: str) -> None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise HistoryError(f"{where}: expected a JSON object, found {text.decode(errors='replace')!r:.60}.") from None
    found = value.get("format") if isinstance(value, dict) else None
    if found != FORMAT:
        raise HistoryError(f"{where}: expected a line in format {FORMAT} of a history of drills, found {found!r:.40}.")
