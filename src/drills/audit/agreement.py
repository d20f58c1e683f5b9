"""Audit: alerts' rules beside the runbook's sentences, and alerts that only one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.runbook.alert_rules.agreement import compare
from drills.runbook.alert_rules.compared import Agreement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.audit.alert_rules import Rule
    from drills.audit.finding import Result
    from drills.audit.material import Material
    from drills.runbook.model import Incident, Runbook

AUDIT: Final = "agreement"
OTHER: Final = Kind(AUDIT, "differs", Severity.HIGH, "Correct the rule, or the sentence of the runbook.")
NO_RULE: Final = Kind(AUDIT, "no-rule", Severity.HIGH, "Add a rule, or name the alert as its rule does.")
NO_CHAPTER: Final = Kind(AUDIT, "no-chapter", Severity.MEDIUM, "Write down what a responder does about this alert.")
GRADE: Final = Kind(AUDIT, "severity", Severity.MEDIUM, "Give the rule the severity of the runbook.")
LABEL: Final = "severity"


def audit(material: Material) -> Iterator[Result]:
    """Yield alerts of which rule and runbook say different things, or only one of them anything."""
    rules, runbook = material.rules, material.runbook
    if rules is None or runbook is None:
        yield NotRun(AUDIT, f"no {'rules were given (--rules)' if rules is None else 'runbook was given (--runbook)'}")
        return
    by_name = {rule.name: rule for rule in rules.alerts}
    every = {rule.name for rule in rules.rules if rule.is_alert}
    for incident in runbook.incidents:
        rule = by_name.get(incident.alert.name)
        if rule is not None:
            yield from _compared(incident, rule, rules.expressions)
            yield from _graded(incident, rule, runbook)
        elif incident.alert.name not in every:
            told = f"{runbook.path.name}:{incident.alert.line}: {incident.heading}"
            yield NO_RULE.found(incident.alert.name, f"no rule is called {incident.alert.name}", told)
    known = {incident.alert.name for incident in runbook.incidents}
    for rule in rules.alerts:
        if rule.name not in known:
            yield NO_CHAPTER.found(rule.name, f"the runbook has no chapter for {rule.name}", rule.where)


def _compared(incident: Incident, rule: Rule, recorded: Mapping[str, str]) -> Iterator[Result]:
    result = compare(incident.alert, rule.expression, rule.for_s or 0.0, recorded)
    shown = " ".join(rule.expression.split())
    waits = f" for {rule.for_s:g} s" if rule.for_s else ""
    if result.agreement is Agreement.DIFFERENT:
        title = f"{rule.name} says something else than the runbook"
        told = f"runbook: {incident.alert.text}; {rule.where}: `{shown[:160]}`{waits}"
        yield OTHER.found(rule.name, title, f"{told}: {result.why}" if result.why else told)
    elif result.agreement is Agreement.UNDECIDED:
        yield NotRun(AUDIT, f"{rule.name}: {result.why}")


def _graded(incident: Incident, rule: Rule, runbook: Runbook) -> Iterator[Finding]:
    """Compare severities where both have one; a label that is one of the runbook's words has to be that one."""
    written, label = incident.severity.strip(), rule.labels.get(LABEL, "")
    if not written or not label or "{{" in label:
        return
    words = {written.lower()}
    for severity in runbook.severities:
        if severity.id.lower() in written.lower() or severity.name.lower() in written.lower():
            words |= {severity.id.lower(), severity.name.lower(), severity.priority.lower()}
    if not any(label.lower() in word or word in label.lower() for word in words):
        told = f"runbook: {written}; {rule.where}: severity {label}"
        yield GRADE.found(rule.name, f"{rule.name} has another severity than in the runbook", told)
