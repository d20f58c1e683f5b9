"""Prometheus rules from the runbook: one recorded value per quantity and per part of one, one alert per incident.

Thresholds are rendered as documented. Windows, those of `for` and those of rates, are divided by the time scale.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import promql_parser
import yaml

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


def render(runbook: Runbook, expressions: Expressions, time_scale: float) -> str:
    """Return the rules file (YAML); *time_scale* divides every window.

    An incident whose quantity has no expression is left out: the system does not measure it. Raises RunbookError
    where the scale is not positive or leaves a rate too few samples.
    """
    if not 0 < time_scale < math.inf:
        raise RunbookError(f"the time scale must be a number above 0, seen {time_scale:g}; 1 is real time")
    measured = [incident for incident in runbook.incidents if incident.alert.quantity in expressions.quantities]
    first: dict[Quantity, Incident] = {}
    for incident in measured:
        first.setdefault(incident.alert.quantity, incident)
    rendered: list[dict[str, Any]] = []
    for quantity, incident in first.items():
        expression = expressions.at(quantity, _window_s(expressions, incident, time_scale))
        rendered.append({"record": _Plain(series(quantity)), "expr": expression or ""})
    for metric in runbook.metrics:
        part = expressions.of(metric)
        if part:
            rendered.append({"record": _Plain(expressions.series_of(metric)), "expr": part})
    rendered += [_alert(runbook, incident, time_scale) for incident in measured]
    group = {"name": _Plain("runbook"), "interval": _Plain(f"{EVALUATION_MS}ms"), "rules": rendered}
    return _yaml({"groups": [group]})


def comparison(alert: Alert) -> str:
    """Return the PromQL of an alert: the recorded series of its quantity beside its threshold, in base units."""
    text = f"{series(alert.quantity)} {alert.threshold.op} {alert.threshold.value:.15g}"
    promql_parser.parse(text)
    return text


def _alert(runbook: Runbook, incident: Incident, time_scale: float) -> dict[str, Any]:
    alert = incident.alert
    summary = f"{incident.name}: {alert.quantity.value.replace('_', ' ')} {alert.threshold.text}"
    lasting = {} if alert.window_s is None else {"for": _Plain(duration(alert.window_s / time_scale))}
    return {
        "alert": alert.name,
        "expr": comparison(alert),
        **lasting,
        "labels": {"incident": str(incident.id)},
        "annotations": {
            "summary": _literal(summary),
            "runbook": _literal(f"{runbook.path.name}#{heading_anchor(incident.heading)}"),
        },
    }


def _literal(text: str) -> str:
    """Return *text* as Prometheus' template of itself: braces in a heading are no action."""
    return text.replace("{{", '{{ "{{" }}')


class _Plain(str):
    """A word of ours that needs no quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Keys and our own words plain, texts of the document in double quotes, lists set in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Set lists in, which PyYAML does not."""
        super().increase_indent(flow, indentless=False)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:  # noqa: FBT001
        """Leave the keys without quotes."""
        return super().represent_mapping(tag, {_Plain(key): value for key, value in mapping.items()}, flow_style)


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
_Dumper.add_representer(_Plain, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text)))


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=math.inf)


def quoted(text: str) -> str:
    """Return *text* as a YAML string in double quotes, on one line."""
    return _yaml(text).removesuffix("\n")


def _window_s(expressions: Expressions, incident: Incident, time_scale: float) -> float:
    window_s = (incident.alert.window_s or DEFAULT_RATE_WINDOW_S) / time_scale
    if expressions.is_rate(incident.alert.quantity) and window_s * 1000 < SHORTEST_RATE_WINDOW_MS:
        most = time_scale * window_s * 1000 / SHORTEST_RATE_WINDOW_MS
        raise RunbookError(
            f"a time scale of {time_scale:g} leaves incident {incident.id} a window of {window_s:g} s, too short for"
            f" a rate; use at most {most:g}"
        )
    return window_s
