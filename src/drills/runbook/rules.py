"""Prometheus rules from the runbook: one recorded value per quantity, one alert per incident on it.

Thresholds are rendered as documented. Windows, those of `for` and those of rates, are divided by the time scale.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from drills.runbook.errors import RunbookError
from drills.runbook.expressions import EVALUATION_MS, RATES, duration, expression
from drills.runbook.rule_tests import unit_tests

if TYPE_CHECKING:
    from drills.runbook.model import Incident, Quantity, Runbook

__all__ = ["anchor", "render", "unit_tests"]

# An incident without a window still counts its events over some time.
DEFAULT_RATE_WINDOW_S = 300.0
# A rate needs two samples, and one lost scrape must not blind it.
SHORTEST_RATE_WINDOW_MS = 4 * EVALUATION_MS


def render(runbook: Runbook, time_scale: float) -> str:
    """Return the rules file (YAML); *time_scale* divides every window.

    Raises RunbookError where the scale is not positive or leaves a rate too few samples.
    """
    if not 0 < time_scale < math.inf:
        raise RunbookError(f"the time scale must be a number above 0, seen {time_scale:g}; 1 is real time")
    lines = ["groups:", "  - name: runbook", f"    interval: {EVALUATION_MS}ms", "    rules:"]
    for quantity, incidents in _by_quantity(runbook).items():
        lines += [
            f"      - record: runbook:{quantity}",
            f"        expr: {json.dumps(expression(quantity, _rate_window(incidents[0], time_scale)))}",
        ]
    for incident in runbook.incidents:
        lines += _alert(runbook, incident, time_scale)
    return "\n".join(lines) + "\n"


def _by_quantity(runbook: Runbook) -> dict[Quantity, list[Incident]]:
    found: dict[Quantity, list[Incident]] = {}
    for incident in runbook.incidents:
        found.setdefault(incident.alert.quantity, []).append(incident)
    return found


def _alert(runbook: Runbook, incident: Incident, time_scale: float) -> list[str]:
    alert = incident.alert
    limit = f"runbook:{alert.quantity} {alert.threshold.op} {alert.threshold.value:g}"
    lines = [f"      - alert: {json.dumps(alert.name)}", f"        expr: {json.dumps(limit)}"]
    if alert.window_s is not None:
        lines.append(f"        for: {duration(alert.window_s / time_scale)}")
    summary = f"{incident.name}: {alert.quantity.value.replace('_', ' ')} {alert.threshold.text}"
    return [
        *lines,
        "        labels:",
        f'          incident: "{incident.id}"',
        "        annotations:",
        f"          summary: {json.dumps(summary)}",
        f"          runbook: {json.dumps(f'{runbook.path.name}#{anchor(incident)}')}",
    ]


def anchor(incident: Incident) -> str:
    """Return the fragment under which Markdown viewers find the incident's heading."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", incident.heading.lower()))


def _rate_window(incident: Incident, time_scale: float) -> str:
    window_s = (incident.alert.window_s or DEFAULT_RATE_WINDOW_S) / time_scale
    if incident.alert.quantity in RATES and window_s * 1000 < SHORTEST_RATE_WINDOW_MS:
        most = time_scale * window_s * 1000 / SHORTEST_RATE_WINDOW_MS
        raise RunbookError(
            f"a time scale of {time_scale:g} leaves incident {incident.id} a window of {window_s:g} s, too short for"
            f" a rate; use at most {most:g}"
        )
    return duration(window_s)
