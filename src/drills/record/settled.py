"""Judge whether the whole system was well after the recovery, for a sustain window, and each journey then passed.

One incident is not cured by another: every key metric at its target, no alert of the runbook pending or firing, and
no more failed requests than before the fault. All of it is computed from the events; a milestone is not believed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drills.record.events import Milestone, Phase
from drills.record.measurements import Check, KeyMetric, Traffic
from drills.record.troubles import no_worse, troubles
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.troubles import Trouble
    from drills.record.verdicts import Reasoned

UNLOOKED: Reasoned = (Verdict.UNKNOWN, "it was not looked at whether the rest of the system is as before")


def unsettled(history: History) -> Reasoned | None:
    """Return the verdict on a recovery after which the system was not as before, or was not seen to be; None: it was.

    UNKNOWN where an event is missing that a drill of this format writes.
    """
    if not history.of(Phase, name="settle", event="end"):
        return UNLOOKED
    began = settled_at(history)
    if began is None:
        return _never(history)
    return _unlooked(history) or _journeys(history, began + history.head.sustain_s)


def not_settled_yet(history: History) -> str | None:
    """Return why no sustain window without a trouble was seen until now, as a clause; None: one was."""
    return _never(history)[1] if settled_at(history) is None else None


def settled_at(history: History) -> float | None:
    """Return when the first sustain window without a trouble began after the watching, or None; in seconds.

    A drill that runs asks it of the record so far, and what it is told then the whole record says as well.
    """
    span = _span(history)
    if span is None:
        return None
    start_s, end_s = span
    found = troubles(history, start_s, end_s)
    sustain_s = history.head.sustain_s
    starts = sorted({start_s, *(each.end_s for each in found), *_traffic_times(history, start_s, end_s)})
    return next((at for at in starts if at + sustain_s <= end_s and _calm(history, found, at, at + sustain_s)), None)


def _calm(history: History, found: list[Trouble], start_s: float, end_s: float) -> bool:
    return not any(each.begin_s <= end_s and start_s < each.end_s for each in found) and (
        no_worse(history, start_s, end_s) is None
    )


def _span(history: History) -> tuple[float, float] | None:
    """Return from when to when all of the system was looked at, in a live record until now; None: it was not."""
    watched = history.milestone("watched")
    phase = next((phase for phase in history.phases if phase.name == "settle"), None)
    if watched is None or phase is None or not history.of(KeyMetric):
        return None
    return watched, history.end_s if phase.end_s is None else phase.end_s


def _traffic_times(history: History, start_s: float, end_s: float) -> list[float]:
    return [each.t for each in history.of(Traffic) if start_s <= each.t <= end_s]


def _never(history: History) -> Reasoned:
    span, sustain_s = _span(history), history.head.sustain_s
    if span is None:
        return UNLOOKED
    start_s = max(span[0], span[1] - sustain_s)
    worse = no_worse(history, start_s, span[1])
    last = [each for each in (*troubles(history, *span), *([worse] if worse else [])) if each.end_s >= start_s]
    seen = [each for each in last if not each.blind]
    if seen:
        return Verdict.REFUTED, f"the metric recovered, but {max(seen, key=lambda each: each.end_s).text}"
    if last:
        return Verdict.UNKNOWN, f"after the recovery the judge was blind: {last[-1].text}"
    waited_s = span[1] - span[0]
    return Verdict.UNKNOWN, f"after the recovery the system was looked at for {waited_s:.1f} s, not for {sustain_s:g} s"


def _unlooked(history: History) -> Reasoned | None:
    """Require that what was checked before the fault was looked at again: as a check, or as a key metric."""
    before = {check.name for check in history.of(Check, after="steady")}
    again = {check.name for check in history.of(Check) if check.after in ("recover", "settled")}
    unseen = sorted(before - again - {metric.name for metric in history.of(KeyMetric)})
    if unseen:
        return Verdict.UNKNOWN, f"{', '.join(unseen)}: checked before the fault, and not after the recovery"
    return None


def _journeys(history: History, settled_s: float) -> Reasoned | None:
    """Require each journey once, after the system had settled, with success; *settled_s* is in seconds."""
    tried = [check for check in history.of(Check, after="settled") if check.t >= settled_s]
    if not tried or not history.of(Milestone, name="settled"):
        return Verdict.UNKNOWN, "after the system had settled no journey was tried"
    for check in tried:
        if not check.ok:
            return Verdict.REFUTED, f"the metric recovered, but {check.name} failed at its first try: {check.seen}"
    name, times = Counter(check.name for check in tried).most_common(1)[0]
    if times > 1 or len(tried) < len(history.of(Check, after="settled")):
        return Verdict.UNKNOWN, f"a journey counts at its first try once the system settled, and {name} had others"
    return None
