"""Audit: alerts of which no person is told: each is led through Alertmanager's routes to a receiver that sends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

from drills.audit.finding import Finding, Kind, NotRun, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.audit.alert_rules import Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "notification"
UNSENT: Final = Kind(AUDIT, "not-sent", Severity.HIGH, "Name Alertmanager in `alerting` of Prometheus' configuration.")
MISSING: Final = Kind(AUDIT, "no-receiver", Severity.HIGH, "Add the receiver, or name one that is there.")
EMPTY: Final = Kind(AUDIT, "empty-receiver", Severity.HIGH, "Give the receiver a way to reach a person.")
LINTED: Final = "Ask `amlint explain` for the code."
LINTER: Final = "amlint"
ANSWERS_S: Final = 60.0
OWN_CODES: Final = ("empty-receiver", "undefined-receiver", "receiver-undefined", "unknown-receiver")
"""What is told here already, with the alerts that it concerns."""
LEVELS: Final = {"error": Severity.HIGH, "warn": Severity.MEDIUM, "warning": Severity.MEDIUM}
_MATCHER: Final = re.compile(
    r'\s*"?(?P<label>[\w.]+)"?\s*(?P<op>=~|!~|!=|=)\s*(?P<quote>"?)(?P<value>.*?)(?P=quote)\s*'
)


def audit(material: Material) -> Iterator[Result]:
    """Yield receivers that are missing or send nothing, with the alerts that end there."""
    if material.scraping is not None and not material.scraping.tells:
        yield UNSENT.found("prometheus", "Prometheus tells no Alertmanager", "`alerting.alertmanagers` is empty")
    held = material.alertmanager
    if held is None:
        yield NotRun(AUDIT, "no configuration of Alertmanager was given (--alertmanager)")
        return
    receivers = {str(each.get("name")): each for each in held.get("receivers") or ()}
    route = held.get("route") or {}
    for name in dict.fromkeys(_named(route)):
        if name not in receivers:
            yield MISSING.found(name, f"the receiver {name} is not there", f"receivers: {', '.join(receivers)}")
    yield from _empty(route, receivers, material.rules)
    if material.rules is None:
        yield NotRun(AUDIT, "which alerts end where: no rules were given (--rules)")
    yield from _linted(material.alertmanager_file)


def _named(route: Mapping[str, Any]) -> Iterator[str]:
    if route.get("receiver"):
        yield str(route["receiver"])
    for each in route.get("routes") or ():
        yield from _named(each)


def _empty(route: Mapping[str, Any], receivers: Mapping[str, Any], rules: Rules | None) -> Iterator[Finding]:
    ends: dict[str, list[str]] = {name: [] for name in _named(route)}
    for rule in rules.alerts if rules else ():
        for receiver in reached(route, {**rule.labels, "alertname": rule.name}, ""):
            ends.setdefault(receiver, []).append(rule.name)
    for name, alerts in ends.items():
        sends = any(key.endswith("_configs") and value for key, value in receivers.get(name, {}).items())
        if name in receivers and not sends and (alerts or rules is None):
            told = f"it has no integration; {', '.join(alerts) or 'alerts'} end there"
            yield EMPTY.found(name, f"the receiver {name} tells no person", told)


def reached(route: Mapping[str, Any], labels: Mapping[str, str], above: str) -> list[str]:
    """Return the receivers that an alert with *labels* ends at, as Alertmanager leads it; *above* is the default."""
    receiver = str(route.get("receiver") or above)
    found: list[str] = []
    for each in route.get("routes") or ():
        if all(_passes(one, labels) for one in _matchers(each)):
            found += reached(each, labels, receiver)
            if not each.get("continue"):
                return found
    return found or [receiver]


def _matchers(route: Mapping[str, Any]) -> Iterator[str]:
    yield from map(str, route.get("matchers") or ())
    yield from (f"{name}={value}" for name, value in (route.get("match") or {}).items())
    yield from (f"{name}=~{value}" for name, value in (route.get("match_re") or {}).items())


def _passes(matcher: str, labels: Mapping[str, str]) -> bool:
    found = _MATCHER.fullmatch(matcher)
    if found is None:
        return True
    value, op = labels.get(found["label"], ""), found["op"]
    same = re.fullmatch(found["value"], value) is not None if "~" in op else value == found["value"]
    return same is not op.startswith("!")


def _linted(file: Path) -> Iterator[Result]:
    """Yield what amlint finds: routes that nothing reaches, inhibitions of everything, deprecated words."""
    beside = Path(sys.executable).with_name(LINTER)
    program = str(beside) if beside.is_file() else which(LINTER)
    if program is None:
        yield NotRun(AUDIT, "routes, inhibitions and times beyond receivers: amlint is not installed here")
        return
    done = subprocess.run(
        [program, "check", "--format", "json", "--exit-zero", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=ANSWERS_S,
    )
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        yield NotRun(AUDIT, f"amlint gave no answer: {(done.stderr or done.stdout).strip()[-200:]}")
        return
    for each in found:
        severity = LEVELS.get(each["level"])
        if severity is not None and each["code"] not in OWN_CODES:
            kind = Kind(AUDIT, each["code"], severity, LINTED)
            yield kind.found(str(each["where"]), each["message"], f"{file.name}:{each['line']}")
