"""How each row of the runbook fares over the runs of a history: what changed, and what got worse."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from drills.record.durability import CURE
from drills.record.verdicts import RECOVERED, Verdict
from drills.reports.collect import cause_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from drills.reports.history import Line

FEWEST: Final = 3
"""So many earlier times are needed to call another one slow."""
SLOWER: Final = 1.5
"""So many times the slowest earlier one: in 22 repetitions of the same drills the next was at most 1.46 times it."""
SLOWER_S: Final = 5.0
"""And so many seconds more: a recovery of 1 s that takes 3 s is within what a busy machine makes of it."""
BEST: Final = (Verdict.CONFIRMED, Verdict.CONFIRMED_WITH_LOSS, Verdict.REFUTED, Verdict.SPONTANEOUS)
"""From the best verdict on; every other one proves nothing, and is worse than all of these."""
_TIMES: Final = (("ttr_s", "to recover"), ("ttd_s", "to detect"))


@dataclass(frozen=True)
class Trend:
    """The lines on one row, in the order of time."""

    cause: str
    lines: tuple[Line, ...]

    @property
    def last(self) -> Line:
        """What the latest run found out."""
        return self.lines[-1]

    @property
    def before(self) -> Line | None:
        """What the run before it found out; None where there was none."""
        return self.lines[-2] if len(self.lines) > 1 else None

    @property
    def changed(self) -> bool:
        """Whether the latest run has another verdict than the one before, or the recovery lasts otherwise."""
        return self.before is not None and _told(self.before) != _told(self.last)

    @property
    def worse(self) -> tuple[str, ...]:
        """A sentence for each thing that is worse than before in the latest run."""
        return (*_worse_verdict(self.before, self.last), *_slower(self.lines[:-1], self.last))


def trends(lines: Iterable[Line]) -> tuple[Trend, ...]:
    """Return the trend of each row whose solution was drilled, in the order of rows; *lines* are in that of time."""
    rows: dict[str, list[Line]] = {}
    for line in lines:
        if line.verdict is not None:
            rows.setdefault(line.cause, []).append(line)
    return tuple(Trend(cause, tuple(rows[cause])) for cause in sorted(rows, key=cause_order))


def recorded_s(lines: Iterable[Line], time_scale: float) -> dict[str, float]:
    """Return how long the drill of each row usually takes at *time_scale*, in seconds: the median of its runs."""
    lengths: dict[str, list[float]] = {}
    for line in lines:
        if line.time_scale == time_scale:
            lengths.setdefault(line.cause, []).append(line.length_s)
    return {cause: median(lengths_s) for cause, lengths_s in lengths.items()}


def earlier_times_s(earlier: Iterable[Line], last: Line, field: str) -> list[float]:
    """Return the times of *field* that those of *last* can be compared with, in seconds: recovered, same time scale."""
    alike = (line for line in earlier if line.time_scale == last.time_scale and line.verdict in RECOVERED)
    return [time_s for line in alike if (time_s := getattr(line, field)) is not None]


def _told(line: Line) -> tuple[str | None, ...]:
    return line.verdict, line.original, line.lasting


def _worse_verdict(before: Line | None, last: Line) -> Iterator[str]:
    if before is None:
        return
    if _rank(last.verdict) > _rank(before.verdict):
        yield f"{last.cause}: {last.verdict}, and {before.verdict} in the run before."
    elif before.verdict == before.expected and last.verdict != last.expected:
        yield f"{last.cause}: {last.verdict} is not the expected {last.expected}; the run before was as expected."
    if before.lasting == CURE and last.lasting != CURE:
        yield f"{last.cause}: no cure as in the run before: {last.lasting or 'not tried'}."


def _rank(verdict: Verdict | None) -> int:
    return BEST.index(verdict) if verdict in BEST else len(BEST)


def _slower(earlier: Sequence[Line], last: Line) -> Iterator[str]:
    for field, what in _TIMES:
        now_s, before_s = getattr(last, field), earlier_times_s(earlier, last, field)
        if now_s is None or last.verdict not in RECOVERED or len(before_s) < FEWEST:
            continue
        if now_s > max(SLOWER * max(before_s), max(before_s) + SLOWER_S):
            yield (
                f"{last.cause}: {now_s:.1f} s {what}, and {max(before_s):.1f} s at most in {len(before_s)} earlier "
                f"runs (median {median(before_s):.1f} s)."
            )
