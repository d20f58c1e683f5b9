"""Tell whether other processes kept the machine busy: then the record cannot say that a recovery was slow. Pure.

A metric that came too late, an alert that flapped, or a client that failed may be theirs, not the solution's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from drills.record.events import Phase
from drills.record.measurements import Machine
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.events import MilestoneName
    from drills.record.history import History
    from drills.record.verdicts import Reasoned

BUSY = 0.5
"""Above this share of the processors others delay a drill beyond its limits: it was 0.8 where alerts flapped.

One process that keeps one of two processors busy has changed no verdict."""
Span: TypeAlias = "tuple[MilestoneName | None, MilestoneName | None]"
STEADY: tuple[Span, ...] = ((None, "injected"),)
FIRING: tuple[Span, ...] = (("injected", "acted"),)
RECOVERY: tuple[Span, ...] = (("injected", "watched"),)
ALL: tuple[Span, ...] = (*RECOVERY, ("watched", None))
"""The moments between which a judgement depends on time; a backlog of the recovery is still there after it."""


def noise(history: History, spans: tuple[Span, ...]) -> str | None:
    """Return what others took of the machine, as a clause, where that is more than BUSY of it in one of the *spans*.

    None: it was quiet, or the record does not say.
    """
    return next((why for span in spans if (why := _noise(history, *_times_s(history, span)))), None)


def doubted(history: History, judged: Reasoned, spans: tuple[Span, ...]) -> Reasoned:
    """Return UNKNOWN in place of a verdict that depends on time, where the machine was busy; else *judged* itself."""
    why = noise(history, spans)
    return (Verdict.UNKNOWN, f"{judged[1]}; {why}") if why else judged


def _times_s(history: History, span: Span) -> tuple[float, float]:
    start, end = (history.milestone(name) if name else None for name in span)
    return start or 0.0, _judged_until(history) if end is None else end


def _judged_until(history: History) -> float:
    """Return when the phases before the durability ended, in seconds: what comes after them judges nothing."""
    ends = [each.t for each in history.of(Phase, name="audit", event="end")]
    return ends[-1] if ends else history.end_s


def _noise(history: History, start_s: float, end_s: float) -> str | None:
    """Weigh each event by how much of its time lies between these moments."""
    shares = [
        (min(each.t, end_s) - max(each.t - each.seconds, start_s), each)
        for each in history.of(Machine)
        if each.t > start_s and each.t - each.seconds < end_s
    ]
    if not shares:
        return None
    others = sum(each.others * share for share, each in shares) / sum(share for share, _ in shares)
    cores = max(each.cores for _, each in shares)
    if others <= BUSY * cores:
        return None
    taken = f"other processes took {others:.1f} of its {cores} processors"
    return f"the machine was busy: {taken}, so hold it again while it is quiet"
