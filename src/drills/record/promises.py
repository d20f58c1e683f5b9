"""Judge what the runbook promises of a recovery: at verification, and of symptoms, which have to be gone. Pure.

The promises stand in the head of the record. One that was not understood, or that nothing here measures, is named with
its reason and judges nothing; one that is measured and was not is UNKNOWN.
"""

from __future__ import annotations

from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING

from pydantic import Field

from drills.record.format import Recorded
from drills.record.head import Place
from drills.record.measurements import Check, KeyMetric, OutOfMemory
from drills.record.noise import ALL, doubted
from drills.record.settled import settled_at
from drills.record.signal_quality import threshold
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drills.record.head import PromiseHead
    from drills.record.history import History
    from drills.record.verdicts import Reasoned

    Values = Sequence[tuple[float, float]]
    Found = tuple[bool | None, str]

WELL = 0.1
"""A metric is "well below" its limit where its middle reading is away from it by this share of it.

The document gives no figure. Less than a tenth would be hidden by how a count of connections varies by itself.
"""

RISE = 0.5
"""A metric that falls may rise on the way by this share of its whole fall: uploads come in bursts, and shares vary."""


class JudgedPromise(Recorded):
    """A promise of the runbook, and whether it was kept."""

    text: str = Field(description="the promise, in the runbook's words")
    line: int = Field(description="its line in the runbook")
    place: Place = Field(description="where it stands; a symptom has to be gone")
    kept: bool | None = Field(description="whether it was kept; null: that was not judged, or could not be")
    judged: bool = Field(description="whether it counts: false where it was not understood, or nothing measures it")
    seen: str = Field(description="what was seen, or why it was not judged")


def promises(history: History) -> tuple[JudgedPromise, ...] | None:
    """Return each promise with what came of it; None for a record that is older than promises, and for a placebo."""
    head = history.head
    if head.promises is None or head.arm is Arm.PLACEBO:
        return None
    return tuple(_judged(history, promise) for promise in head.promises)


def promise_not_kept(history: History) -> Reasoned | None:
    """Return the verdict on a recovery that did not keep a promise, or of which that was not seen; None: all kept."""
    judged = [each for each in promises(history) or () if each.judged]
    broken = [each for each in judged if each.kept is False]
    if broken:
        refuted = Verdict.REFUTED, f"the metric recovered, but {_said(broken[0])}"
        return refuted if _killed(history, broken[0]) else doubted(history, refuted, ALL)
    unseen = [each for each in judged if each.kept is None]
    unknown = f"it was not seen whether a promise is kept: {_said(unseen[0])}" if unseen else ""
    return doubted(history, (Verdict.UNKNOWN, unknown), ALL) if unseen else None


def _killed(history: History, promise: JudgedPromise) -> bool:
    """Tell whether the promise is about kills: a busy machine takes time, and no memory."""
    return any(
        (each.text, each.line, each.measure) == (promise.text, promise.line, "out of memory")
        for each in history.head.promises or ()
    )


def _said(promise: JudgedPromise) -> str:
    gone = "is a symptom that has to be gone" if promise.place == "symptom" else "is promised"
    return f"{promise.text!r} (line {promise.line}) {gone}, and {promise.seen}"


def _judged(history: History, promise: PromiseHead) -> JudgedPromise:
    kept, seen = (None, promise.not_judged) if promise.not_judged else _found(history, promise)
    return JudgedPromise(
        text=promise.text,
        line=promise.line,
        place=promise.place,
        kept=kept,
        judged=not promise.not_judged,
        seen=seen,
    )


def _found(history: History, promise: PromiseHead) -> Found:
    began = settled_at(history)
    if began is None:
        return None, "the system did not settle"
    rules: dict[str | None, Callable[[History, PromiseHead, float], Found]] = {
        "metric": _metric,
        "out of memory": _out_of_memory,
        "browser sign-in": _sign_in,
    }
    rule = rules.get(promise.measure)
    return rule(history, promise, began) if rule else (None, "the record does not say what it is measured by")


def _metric(history: History, promise: PromiseHead, settled_s: float) -> Found:
    until_s = settled_s + history.head.sustain_s
    if promise.falls:
        return _falls(history, promise, _values(history, promise, history.milestone("acted") or 0.0, until_s))
    if promise.limit and promise.within_s is not None:
        return _within(history, promise, until_s)
    values = _values(history, promise, settled_s, until_s)
    if not values:
        return None, "it was not measured once the system had settled"
    wrong = [(t, value) for t, value in values if not _good(history, promise, t, value)]
    if wrong:
        return False, f"it was {wrong[0][1]:.4g} at {wrong[0][0]:.1f} s"
    middle = median(value for _, value in values)
    return not promise.well or _well(promise, middle), f"the middle one of {len(values)} readings was {middle:.4g}"


def _values(history: History, promise: PromiseHead, start_s: float, end_s: float) -> Values:
    """Return (time, value) of what measures the promise: the incident's own metric, or key metrics."""
    if not promise.sources:
        return [(t, value) for t, value in history.samples(start_s, end_s) if value is not None]
    events = [each for each in history.of(KeyMetric) if each.name in promise.sources and start_s <= each.t <= end_s]
    return [(each.t, each.value) for each in events if each.value is not None]


def _good(history: History, promise: PromiseHead, t: float, value: float) -> bool:
    """Compare a reading with the promise's limit, or else with the target of what was read."""
    if promise.limit:
        return threshold(promise.limit).satisfied_by(value)
    if not promise.sources:
        return threshold(history.head.target).satisfied_by(value)
    read = [
        each for each in history.of(KeyMetric) if each.name in promise.sources and (each.t, each.value) == (t, value)
    ]
    return all(threshold(each.target).satisfied_by(value) for each in read)


def _well(promise: PromiseHead, value: float) -> bool:
    limit = promise.limit
    if limit is None:
        return True
    return value <= (1 - WELL) * limit.value if limit.op in ("<", "<=") else value >= (1 + WELL) * limit.value


def _within(history: History, promise: PromiseHead, until_s: float) -> Found:
    """Find since when the limit was met to the end, and compare that with the time from the last command on."""
    resolved, within_s = history.milestone("resolved") or 0.0, promise.within_s or 0.0
    values = _values(history, promise, resolved, until_s)
    if not values:
        return None, "it was not measured after the solution"
    good = [_good(history, promise, t, value) for t, value in values]
    since = _held_since([t for t, _ in values], good, history.head.sustain_s)
    if since is None:
        return (
            False,
            f"it was not met for {history.head.sustain_s:g} s in the {until_s - resolved:.0f} s after the solution",
        )
    took_s = since - resolved
    return took_s <= within_s, f"it took {took_s:.1f} s, and {within_s:.0f} s are allowed"


def _held_since(times_s: Sequence[float], good: Sequence[bool], sustain_s: float) -> float | None:
    since: float | None = None
    for t, ok in zip(times_s, good, strict=True):
        since = (t if since is None else since) if ok else None
        if since is not None and t - since >= sustain_s:
            return since
    return None


def _falls(history: History, promise: PromiseHead, values: Values) -> Found:
    """Look whether it came down to its target without going back up, from its highest value after the first command."""
    if not values:
        return None, "it was not measured"
    values = values[max(range(len(values)), key=lambda at: values[at][1]) :]
    there = next((at for at, (t, value) in enumerate(values) if _good(history, promise, t, value)), len(values) - 1)
    numbers = [value for _, value in values[: there + 1]]
    rise, fall = _greatest_rise(numbers), numbers[0] - numbers[-1]
    kept = rise <= RISE * fall and (fall > 0 or _good(history, promise, *values[there]))
    return kept, f"it went from {numbers[0]:.4g} to {numbers[-1]:.4g}, and rose by {rise:.4g} at the most on the way"


def _greatest_rise(numbers: Sequence[float]) -> float:
    lowest = accumulate(numbers, min)
    return max(value - low for value, low in zip(numbers, lowest, strict=True))


def _out_of_memory(history: History, _: PromiseHead, settled_s: float) -> Found:
    first, last = (history.of(OutOfMemory, when=when) for when in ("resolved", "settled"))
    if not first or not last or last[-1].t < settled_s + history.head.sustain_s:
        return None, "it was not read whether the kernel kills a container for its memory"
    killed = sorted(set(last[-1].killed) - set(first[0].killed))
    if killed:
        return False, f"the kernel killed {', '.join(killed)} after the solution"
    before, after = first[0].restarts, last[-1].restarts
    if not before or before.keys() - after.keys():
        gone = ", ".join(sorted(before.keys() - after.keys())) or "every container"
        return None, f"{gone} was not there to be inspected, which hides why"
    again = sorted(name for name, times in after.items() if times != before.get(name, 0))
    if again:
        return None, f"{', '.join(again)} ended and was started again after the solution, which hides why"
    return True, "the kernel killed no container after the solution"


def _sign_in(history: History, promise: PromiseHead, _: float) -> Found:
    tried = [check for check in history.of(Check, after="settled") if check.name in promise.sources]
    if not tried:
        return None, f"no journey {' or '.join(promise.sources)} was taken"
    return all(check.ok for check in tried), f"{tried[0].name}: {tried[0].seen}"
