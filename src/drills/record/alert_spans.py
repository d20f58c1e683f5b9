"""When each alert of the runbook was pending or firing, by its changes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.measurements import AlertChange, OtherAlert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.record.history import History

Change = AlertChange | OtherAlert
INACTIVE = "inactive"


@dataclass(frozen=True)
class AlertSpan:
    """A time (seconds) in which the alert *name* was in a *state* other than inactive."""

    name: str
    state: str
    begin_s: float
    end_s: float


def alert_spans(history: History) -> list[AlertSpan]:
    """Return these times of all alerts; one that the record leaves open ends with the record."""
    by_name = changes_by_alert(history).items()
    return [span for name, changes in by_name for span in _spans(name, changes, history.end_s)]


def changes_by_alert(history: History) -> dict[str, list[Change]]:
    """Return the changes of each alert, in the order in which they were recorded, by its name."""
    by_name: dict[str, list[Change]] = {history.head.alert: [*history.of(AlertChange)]}
    for change in history.of(OtherAlert):
        by_name.setdefault(change.name, []).append(change)
    return by_name


def active_before_the_fault(history: History) -> str | None:
    """Return which alert was pending or firing when the fault came, or None."""
    injected = history.milestone("injected") or 0.0
    active = [span for span in alert_spans(history) if span.begin_s <= injected < span.end_s]
    return f"{active[0].name} was already {active[0].state} when the fault came" if active else None


def _spans(name: str, changes: Sequence[Change], end_s: float) -> Iterator[AlertSpan]:
    """Yield the active times of one alert; its first change says in which state it was before."""
    ordered = sorted(changes, key=lambda change: change.t)
    state, since = (ordered[0].before if ordered else INACTIVE), 0.0
    for change in ordered:
        if state != INACTIVE:
            yield AlertSpan(name, state, since, change.t)
        state, since = change.to, change.t
    if state != INACTIVE:
        yield AlertSpan(name, state, since, end_s)
