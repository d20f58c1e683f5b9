"""Prometheus rules from the runbook: one recorded value per quantity and per part of one, one alert per incident.

Thresholds are rendered as documented. Windows, those of `for` and those of rates, are divided by the time scale.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from drills.common.wording import heading_anchor
from drills.runbook.errors import RunbookError
from drills.runbook.expressions import EVALUATION_MS, duration, series

if TYPE_CHECKING:
    from drills.runbook.expressions import Expressions
    from drills.runbook.model import Alert, Incident, Quantity, Runbook

# An incident without a window still counts its events over some time.
DEFAULT_RATE_WINDOW_S = 300.0
# A rate needs two samples, and one lost scrape must not blind it.
SHORTEST_RATE_WINDOW_MS = 4 * EVALUATION_MS
# JSON leaves these characters as they are; in YAML they end a line, or are refused.
UNPRINTABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff]")


def render(runbook: Runbook, expressions: Expressions, time_scale: float) -> str:
    """Return the rules file (YAML); *time_scale* divides every window.

    An incident whose quantity has no expression is left out: the system does not measure it. Raises RunbookError
    where the scale is not positive or leaves a rate too few samples.
    """
    if not 0 < time_scale < math.inf:
        raise RunbookError(f"the time scale must be a number above 0, seen {time_scale:g}; 1 is real time")
    lines = ["groups:", "  - name: runbook", f"    interval: {EVALUATION_MS}ms", "    rules:"]
    measured = [incident for incident in runbook.incidents if incident.alert.quantity in expressions.quantities]
    first: dict[Quantity, Incident] = {}
    for incident in measured:
        first.setdefault(incident.alert.quantity, incident)
    for quantity, incident in first.items():
        expression = expressions.at(quantity, _window_s(expressions, incident, time_scale))
        lines += [f"      - record: {series(quantity)}", f"        expr: {quoted(expression or '')}"]
    for metric in runbook.metrics:
        part = expressions.of(metric)
        if part:
            lines += [f"      - record: {expressions.series_of(metric)}", f"        expr: {quoted(part)}"]
    for incident in measured:
        lines += _alert(runbook, incident, time_scale)
    return "\n".join(lines) + "\n"


def comparison(alert: Alert) -> str:
    """Return the PromQL of an alert: the recorded series of its quantity beside its threshold, in base units."""
    return f"{series(alert.quantity)} {alert.threshold.op} {alert.threshold.value:g}"


def _alert(runbook: Runbook, incident: Incident, time_scale: float) -> list[str]:
    alert = incident.alert
    lines = [f"      - alert: {quoted(alert.name)}", f"        expr: {quoted(comparison(alert))}"]
    if alert.window_s is not None:
        lines.append(f"        for: {duration(alert.window_s / time_scale)}")
    summary = f"{incident.name}: {alert.quantity.value.replace('_', ' ')} {alert.threshold.text}"
    return [
        *lines,
        "        labels:",
        f'          incident: "{incident.id}"',
        "        annotations:",
        f"          summary: {quoted(summary)}",
        f"          runbook: {quoted(f'{runbook.path.name}#{heading_anchor(incident.heading)}')}",
    ]


def quoted(text: str) -> str:
    """Return *text* as a YAML string in double quotes.

    It is JSON that escapes no character beyond ASCII: JSON escapes those as surrogate pairs, which Prometheus refuses.
    """
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def _window_s(expressions: Expressions, incident: Incident, time_scale: float) -> float:
    window_s = (incident.alert.window_s or DEFAULT_RATE_WINDOW_S) / time_scale
    if expressions.is_rate(incident.alert.quantity) and window_s * 1000 < SHORTEST_RATE_WINDOW_MS:
        most = time_scale * window_s * 1000 / SHORTEST_RATE_WINDOW_MS
        raise RunbookError(
            f"a time scale of {time_scale:g} leaves incident {incident.id} a window of {window_s:g} s, too short for"
            f" a rate; use at most {most:g}"
        )
    return window_s
