"""What a drill's record measured of an incident until a moment: the metric, other alerts, and failed requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.incident.entries import Measured
from drills.incident.examples import LOSSES
from drills.record.events import Ledger
from drills.record.measurements import OtherAlert, Traffic
from drills.record.signal_quality import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.history import History

LOWER_IS_WORSE = ("<", "<=")


@dataclass(frozen=True)
class Value:
    """The worst value of a quantity in base units, None where only its alert is known to fire; and in words."""

    quantity: str
    value: float | None
    text: str
    alert: str = ""

    def entry(self, at: str) -> Measured:
        """Return the line of the incident's file."""
        return Measured(at=at, quantity=self.quantity, value=self.value, text=self.text, alert=self.alert)


def worst(history: History, start_s: float, end_s: float) -> float | None:
    """Return the worst value of the metric within an interval (seconds), None where there was no data."""
    values = [value for _, value in history.samples(start_s, end_s) if value is not None]
    pick = min if history.head.threshold.op in LOWER_IS_WORSE else max
    return pick(values) if values else None


def alert_value(history: History, injected: float, until: float) -> str:
    """Return the worst value until a moment as the runbook writes such values, empty where there was no data."""
    value = worst(history, injected, until)
    return "" if value is None else shown(history, value)


def measured(history: History, until: float, *, others: bool) -> Iterator[Value]:
    """Yield what is known at the moment *until*: the metric, and with *others* which alerts fire beside its own."""
    head, injected = history.head, history.milestone("injected") or 0.0
    value = worst(history, injected, until)
    text = f"{head.alert} ({head.threshold.text}) fired"
    if value is not None:
        text += f", and the metric was at {shown(history, value)} at worst"
    yield Value(head.quantity, value, text, head.alert)
    for name in sorted(_firing(history, until)) if others else ():
        yield Value(f"alert {name}", None, f"{name} was firing, too", name)


def lost(history: History) -> Iterator[Value]:
    """Yield how much of what was promised was lost, where something was."""
    found = [each for ledger in history.of(Ledger) for each in ledger.losses if each.promised and each.count]
    if found:
        text = ", ".join(f"{each.count} {each.kind}" for each in found)
        yield Value(LOSSES, float(sum(each.count or 0 for each in found)), f"of what was promised, {text}")


def _firing(history: History, at: float) -> set[str]:
    """Return the other alerts that were firing at a moment."""
    state: dict[str, str] = {}
    for change in sorted(history.of(OtherAlert), key=lambda each: each.t):
        if change.t <= at:
            state[change.name] = change.to
    return {name for name, now in state.items() if now == "firing" and name != history.head.alert}


def clients(history: History, injected: float, until: float) -> str:
    """Return how many requests failed between two moments (seconds), empty where they were not counted."""
    counted = [each for each in history.of(Traffic) if injected <= each.t <= until]
    if not counted or any(each.sent is None or each.failed is None for each in counted):
        return ""
    sent, failed = sum(each.sent or 0 for each in counted), sum(each.failed or 0 for each in counted)
    return f"{failed} of {sent} requests of the drill's clients had failed"
