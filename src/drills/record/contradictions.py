"""Find where a record says two things that cannot both be true: such a record proves nothing. Pure.

The phases of a drill write in their order, so a command before the first one may run, or a confirmation before there is
a fault, comes from a mistake in this package or from a record that was altered.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from drills.record.alert_spans import changes_by_alert
from drills.record.disagreements import disagreements
from drills.record.events import Ledger, Milestone, Phase, RanCommand, Residue, Undo
from drills.record.measurements import (
    AlertChange,
    Check,
    Confirm,
    Instruments,
    KeyMetric,
    OutOfMemory,
    SecondChannel,
)
from drills.record.seal import broken_seal
from drills.record.signal_quality import seen_until, threshold
from drills.record.solution_lines import otherwise_typed
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.record.events import MilestoneName
    from drills.record.head import Event
    from drills.record.history import History

ORDER: tuple[MilestoneName, ...] = ("injected", "confirmed", "acted", "resolved", "watched", "settled", "load again")
"""An alert without a window may fire before the fault is confirmed, so that moment has no place among these."""

WINDOWS: dict[str, tuple[MilestoneName | None, MilestoneName | None]] = {
    "prepare": (None, "injected"),
    "steady": (None, "injected"),
    "quiet": (None, "injected"),
    "confirm": ("injected", "acted"),
    "detect": ("confirmed", "acted"),
    "diagnose": ("confirmed", "acted"),
    "recover": ("resolved", "watched"),
    "verify": ("watched", None),
    "settle": ("watched", None),
    "audit": ("watched", None),
}
"""The moments between which a phase begins and ends."""
AT_ONCE_S = 2.0
"""One thread records that the alert fires twice, as a change and as a moment, one right after the other."""
AFTER_THE_WATCHING = ("verify", "restart", "undo")
AFTERWARDS = "durability"
"""The phase after the judgement, which no rule checks: a recovery that does not last is one all the same."""


def contradiction(history: History) -> str | None:
    """Return what a whole record says against itself, or None."""
    rules = (
        broken_seal,
        _milestones,
        _confirmations,
        _alert,
        _commands,
        otherwise_typed,
        _results,
        _looks,
        _containers,
        _phases,
        _steady_state,
        _undo,
        disagreements,
    )
    return next((sentence for rule in rules for sentence in rule(history)), None)


def _milestones(history: History) -> Iterator[str]:
    counted = Counter(event.name for event in history.of(Milestone) if event.name != "firing")
    yield from (f"it was {name} {times} times" for name, times in counted.items() if times > 1)
    if "acted" in counted and "confirmed" not in counted:
        yield "the first command was typed, and the record has no moment 'confirmed'"
    times_s = [(name, at) for name in ORDER if (at := history.milestone(name)) is not None]
    for (name, at), (then, then_at) in pairwise(times_s):
        if then_at < at:
            yield f"{then!r} came at {then_at:.1f} s, before {name!r} at {at:.1f} s"
    recovered = history.of(Milestone, name="recovered")
    yield from _outside(recovered, "the recovery began", history.milestone("resolved"), history.milestone("watched"))


def _confirmations(history: History) -> Iterator[str]:
    confirmations = history.of(Confirm)
    until = history.milestone("confirmed")
    until = history.milestone("acted") if until is None else until
    yield from _outside(confirmations, "the fault was confirmed", history.milestone("injected"), until)
    if confirmations and not confirmations[-1].ok:
        last = confirmations[-1]
        yield f"the fault was in effect, and then {last.channel} showed {last.seen}"


def _alert(history: History) -> Iterator[str]:
    for name, changes in changes_by_alert(history).items():
        for change, then in pairwise(changes):
            if change.to != then.before or then.before == then.to:
                yield f"{name} was {change.to} from {change.t:.1f} s on, and left {then.before} at {then.t:.1f} s"
    firings, fired = history.of(AlertChange, to="firing"), history.of(Milestone, name="firing")
    if len(firings) != len(fired):
        yield f"the alert fired {len(fired)} times, and its state went to firing {len(firings)} times"
    for change, moment in zip(firings, fired, strict=False):
        if not change.t <= moment.t <= change.t + AT_ONCE_S:
            yield f"the alert fired at {moment.t:.1f} s, and its state went to firing at {change.t:.1f} s"


def _commands(history: History) -> Iterator[str]:
    placebo = history.head.arm is Arm.PLACEBO
    mine, other = ("placebo", "resolve") if placebo else ("resolve", "placebo")
    if history.of(RanCommand, purpose=other):
        yield f"a command of the purpose {other!r} ran in the arm {history.head.arm}"
    acted, resolved = history.milestone("acted"), history.milestone("resolved")
    yield from _outside(history.of(RanCommand, purpose=mine), "a command of the solution ran", acted, resolved)
    for purpose in AFTER_THE_WATCHING:
        ran = history.of(RanCommand, purpose=purpose)
        yield from _outside(
            ran, f"a command of the purpose {purpose!r} ran", history.milestone("watched"), _end(history)
        )


def _results(history: History) -> Iterator[str]:
    watched, end = history.milestone("watched"), _end(history)
    yield from _outside(history.of(Check, after="recover"), "the recovery was checked", watched, end)
    journeys = history.of(Check, after="settled")
    yield from _outside(journeys, "a journey was tried", history.milestone("settled"), seen_until(history))
    yield from _outside(history.of(Ledger), "the ledger was audited", watched, end)
    yield from _outside(history.of(Residue), "residue was looked for", watched, None)
    ledgers = history.of(Ledger)
    if any((event.losses, event.ends) != (ledgers[0].losses, ledgers[0].ends) for event in ledgers):
        yield f"the ledger was audited {len(ledgers)} times, with different results"


def _looks(history: History) -> Iterator[str]:
    """Look whether what measures the system, and what is measured past it, was read when it says."""
    injected, acted, watched = (history.milestone(name) for name in ("injected", "acted", "watched"))
    times_s = {"normal": (None, injected), "abnormal": (injected, acted), "recovered": (watched, _end(history))}
    for when, (start, end) in times_s.items():
        looks = [each for kind in (Instruments, SecondChannel) for each in history.of(kind, when=when)]
        yield from _outside(looks, f"what is said to be {when} was read", start, end)
    yield from _outside(history.of(KeyMetric), "a key metric was looked at", watched, _end(history))


def _containers(history: History) -> Iterator[str]:
    """Look whether the containers were inspected once before the system settled and once after it, as one promise asks.

    Another look would hide what the first or the last one showed.
    """
    watched, begin, end = history.milestone("watched"), *_settling(history)
    times_s = {"resolved": (watched, begin), "settled": (watched, end)}
    for when, (start_s, end_s) in times_s.items():
        looks = history.of(OutOfMemory, when=when)
        yield from _outside(looks, f"containers said to be {when} were inspected", start_s, end_s)
        if len(looks) > 1:
            yield f"containers said to be {when} were inspected {len(looks)} times"
    promised = history.head.promises or ()
    if history.of(OutOfMemory) and not any(each.measure == "out of memory" for each in promised):
        yield "the containers were inspected for kills, of which the runbook promises nothing"


def _settling(history: History) -> tuple[float | None, float | None]:
    phase = next((phase for phase in history.phases if phase.name == "settle"), None)
    return (phase.begin_s, phase.end_s) if phase else (None, None)


def _phases(history: History) -> Iterator[str]:
    names = [name for name in dict.fromkeys(event.name for event in history.of(Phase)) if name != AFTERWARDS]
    for name in names:
        bounds = history.of(Phase, name=name)
        if [(bound.event, bound.ok) for bound in bounds] != [("begin", None), ("end", True)]:
            yield f"the phase {name!r} did not begin once and end well once: {bounds[-1].note or 'it has no such end'}"
        start, end = (history.milestone(bound) if bound else None for bound in WINDOWS.get(name, (None, None)))
        yield from _outside(bounds, f"the phase {name!r} began or ended", start, end)


def _steady_state(history: History) -> Iterator[str]:
    last = {check.name: check for check in history.of(Check, after="steady")}
    for check in last.values():
        if not check.ok:
            yield f"in the steady state {check.name} was wrong: {check.seen}"
    yield from _outside(list(last.values()), "the steady state was checked", None, history.milestone("injected"))
    injected, head = history.milestone("injected") or 0.0, history.head
    before = [value for _, value in history.samples(injected - head.sustain_s, injected) if value is not None]
    if before and not any(threshold(head.target).satisfied_by(value) for value in before):
        yield f"the metric was never at its target {head.target.text} in the {head.sustain_s:g} s before the fault"


def _undo(history: History) -> Iterator[str]:
    yield from _outside(history.of(Undo), "the undo was recorded", None, history.milestone("injected"))


def _end(history: History) -> float | None:
    """Return when residue was looked for, which comes last."""
    return max((event.t for event in history.of(Residue)), default=None)


def _outside(events: Sequence[Event], what: str, start_s: float | None, end_s: float | None) -> Iterator[str]:
    for event in events:
        if start_s is not None and event.t < start_s:
            yield f"{what} at {event.t:.1f} s, before {start_s:.1f} s, when it first could"
        if end_s is not None and event.t > end_s:
            yield f"{what} at {event.t:.1f} s, after {end_s:.1f} s, when it last could"
