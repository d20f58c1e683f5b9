"""Find what is missing or at odds in a document that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.threshold import NEGATED
from drills.runbook import rules
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.expressions import Expressions
    from drills.runbook.model import Incident, Runbook

REAL_TIME = 1.0
TABLES = "tables of causes"


def findings(runbook: Runbook, expressions: Expressions | None) -> tuple[str, ...]:
    """Return one sentence for each thing missing or at odds, with file and line.

    *expressions* are those of the system that the document is for; where they are None, no stack is known, and
    nothing is said of what it measures.
    """
    checked = [_numbering(runbook), _alerts(runbook), _commands(runbook), _levels(runbook), _parts(runbook)]
    if expressions is not None:
        checked.append(_rules(runbook, expressions))
    return tuple(f"{runbook.path}:{line}: {sentence}" for sentences in checked for line, sentence in sentences)


def _numbering(runbook: Runbook) -> Iterator[tuple[int, str]]:
    for position, incident in enumerate(runbook.incidents, start=1):
        if incident.id != position:
            yield incident.line, f"incident {incident.id} stands in place {position}; number them in order"


def _alerts(runbook: Runbook) -> Iterator[tuple[int, str]]:
    seen: dict[str, Incident] = {}
    for incident in runbook.incidents:
        alert = incident.alert
        if alert.name in seen:
            yield alert.line, f"the alert {alert.name} belongs to incident {seen[alert.name].id} already"
        seen.setdefault(alert.name, incident)
        if alert.limit is None:
            yield (
                alert.line,
                f"no threshold of the alert {alert.name} is read in the document; give its rule with --rules FILE",
            )


def _rules(runbook: Runbook, expressions: Expressions) -> Iterator[tuple[int, str]]:
    rendered = rules.render(runbook, expressions, REAL_TIME)
    for incident in runbook.incidents:
        alert = incident.alert
        known = alert.limit is not None and alert.quantity is not Quantity.OTHER
        if known and rules.comparison(alert) not in rendered:
            sentence = f"the alert {alert.name} has no rule: the stack has no expression for {alert.quantity.value}"
            yield alert.line, f"{sentence}; give it one in [expressions] of its descriptor"


def _commands(runbook: Runbook) -> Iterator[tuple[int, str]]:
    for cause in runbook.causes:
        if not cause.commands:
            yield cause.line, f"cause {cause.id} ({cause.name}) has no command to paste, only prose"


def _levels(runbook: Runbook) -> Iterator[tuple[int, str]]:
    for metric in runbook.metrics:
        for incident in runbook.incidents:
            limit = incident.alert.limit
            if (
                limit
                and metric.alert
                and metric.quantity is incident.alert.quantity
                and metric.alert.value != limit.value
            ):
                yield metric.line, f"{metric.name} says alert {metric.alert.text}, incident {incident.id} {limit.text}"
    for incident in (each for each in runbook.incidents if each.alert.limit is not None):
        target, limit = runbook.target(incident), incident.alert.threshold
        rising = limit.op in (">", ">=")
        beyond = target.value > limit.value if rising else target.value < limit.value
        if beyond or (target.op in (">", ">=")) != (NEGATED[limit.op] in (">", ">=")):
            yield incident.line, f"the target {target.text} is not on the quiet side of the alert {limit.text}"


def _parts(runbook: Runbook) -> Iterator[tuple[int, str]]:
    after = runbook.post_incident
    wanted = {
        "severity levels": runbook.severities,
        "initial response": runbook.initial_response,
        "escalation triggers": runbook.escalation,
        "templates": runbook.templates,
        "steps after the resolution": after.first_steps,
        "review agenda": after.agenda,
        "follow-ups": after.follow_ups,
        "emergency contacts": runbook.contacts,
        "critical commands": runbook.critical_commands,
        "dashboards": runbook.dashboards,
        "key metrics": runbook.metrics,
    }
    for name, values in wanted.items():
        # Another form of runbook has no such chapters, and nothing that follows from them is asked of it.
        if not values and runbook.dialect == TABLES:
            yield 1, f"the document has no {name}"
    for incident in runbook.incidents if runbook.dialect == TABLES else ():
        for part in ("symptoms", "investigation"):
            if not getattr(incident, part):
                yield incident.line, f"incident {incident.id} has no {part}"
        if not incident.verification and not incident.expected:
            yield incident.line, f"incident {incident.id} has nothing to run or to see as its verification"
