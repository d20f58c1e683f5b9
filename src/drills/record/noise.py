"""Tell whether other processes kept the machine busy: then the record cannot say that a recovery was slow. Pure.

A metric that came too late, an alert that flapped, or a client that failed may be theirs, not the solution's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.measurements import Machine
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.verdicts import Reasoned

BUSY = 0.5
"""Above this share of the processors others delay a drill beyond its limits: it was 0.8 where alerts flapped.

One process that keeps one of two processors busy has changed no verdict."""


def noise(history: History) -> str | None:
    """Return what others took of the machine, as a clause, where that is more than BUSY of it; None: it was quiet.

    What counts is the time from the fault until the metric was watched to its end.
    """
    begin_s = history.milestone("injected") or 0.0
    end_s = history.milestone("watched") or history.end_s
    events = [each for each in history.of(Machine) if begin_s <= each.t <= end_s]
    seconds = sum(each.seconds for each in events)
    if not seconds:
        return None
    others = sum(each.others * each.seconds for each in events) / seconds
    cores = max(each.cores for each in events)
    if others <= BUSY * cores:
        return None
    taken = f"other processes took {others:.1f} of its {cores} processors"
    return f"the machine was busy: {taken}, so hold it again while it is quiet"


def doubted(history: History, judged: Reasoned) -> Reasoned:
    """Return UNKNOWN in place of a verdict that depends on time, where the machine was busy; else *judged* itself."""
    why = noise(history)
    return (Verdict.UNKNOWN, f"{judged[1]}; {why}") if why else judged
