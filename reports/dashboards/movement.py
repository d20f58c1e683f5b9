"""Which panel moved in which recorded drill: it passed its alert threshold there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.record.measurements import OtherAlert, SecondChannel
from drills.record.reader import read
from reports.dashboards.panels import dashboards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.record.history import History
    from drills.runbook.expressions import Expressions
    from drills.runbook.model import Runbook
    from reports.dashboards.panels import Panel

CHANNELS: Final = {
    "CPU Usage": ("docker stats: CPU",),
    "Memory Usage": ("docker stats: memory", "INFO memory of Redis"),
}
"""Where a record reads, past Prometheus, the part of a quantity that a key metric stands for."""
HEAD: Final = (
    "| dashboard | panel | drills whose record has it pass the alert threshold | read from |\n"
    "| --- | --- | --- | --- |\n"
)
SERIES: Final = "the panel's series, or the alert on it"
PAST: Final = "a second channel; the panel's series is not recorded"


def table(runbook: Runbook, expressions: Expressions, arms: Iterable[Path]) -> str:
    """Return a table of panels and drills, from the documented arms among *arms*, as Markdown.

    Raises RecordError for a record that cannot be read.
    """
    histories = [history for history in map(read, arms) if history.head.arm == "documented"]
    alerts = {incident.alert.name: incident.alert.quantity.value for incident in runbook.incidents}
    rows = [
        f"| {uid} | {panel.title} | {_drills(panel, histories, alerts)} | {_source(panel)} |\n"
        for uid, (_, panels) in dashboards(runbook, expressions).items()
        for panel in panels
    ]
    return HEAD + "".join(rows)


def _source(panel: Panel) -> str:
    return PAST if panel.title in CHANNELS else SERIES


def _drills(panel: Panel, histories: Iterable[History], alerts: dict[str, str]) -> str:
    found = {history.head.cause for history in histories if moved(panel, history, alerts)}
    return ", ".join(sorted(found)) or "none"


def moved(panel: Panel, history: History, alerts: dict[str, str]) -> bool:
    """Say whether *panel* passed its threshold between the fault and the recovery, as the record shows it.

    *alerts* is the quantity of each alert. A record without a fault moved nothing.
    """
    injected = history.milestone("injected")
    if injected is None:
        return False
    recovered = history.milestone("recovered", after_s=injected)
    until = history.end_s if recovered is None else recovered
    if panel.title in CHANNELS:
        return _past_prometheus(panel, history)
    if history.head.quantity == panel.quantity.value:
        values = (value for _, value in history.samples(injected, until) if value is not None)
        return any(panel.threshold.satisfied_by(value) for value in values)
    # An alert leaves `inactive` as soon as its series passes the threshold.
    left = (event for event in history.of(OtherAlert) if event.before == "inactive" and injected <= event.t <= until)
    return any(alerts.get(event.name) == panel.quantity.value for event in left)


def _past_prometheus(panel: Panel, history: History) -> bool:
    read_then = history.of(SecondChannel, when="abnormal")
    return any(
        event.channel in CHANNELS[panel.title] and event.value is not None and panel.threshold.satisfied_by(event.value)
        for event in read_then
    )
