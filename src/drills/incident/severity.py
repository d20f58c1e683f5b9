"""Decide the severity by the runbook's own examples and definitions, and name the sentence that decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drills.incident.entries import Measured, Opened, Update
from drills.incident.errors import IncidentError
from drills.incident.examples import Example, example

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.incident.facts import Facts
    from drills.runbook import Runbook, Severity
    from drills.runbook.model import Alert

_NUMBER = re.compile(r"\d+")
LEAST = 1e-9
"""How far beyond its limit a value is at least taken to be, of which only the alert is known."""
PERSON_DECIDES = "no figure decides this sentence, so a person confirms it"


@dataclass(frozen=True)
class Decision:
    """A level, the runbook's *sentence* that decided, *why* it applies, and what only a person can confirm.

    *observed* is what the measurements alone say, where a person declared another level.
    """

    severity: Severity
    sentence: str
    why: str
    to_confirm: tuple[str, ...] = ()
    observed: Decision | None = None


def worst_first(runbook: Runbook) -> list[Severity]:
    """Return the levels of the runbook, the worst first; raises IncidentError where it has none."""
    if not runbook.severities:
        raise IncidentError(f"{runbook.path}: the runbook has no severity levels, so no document can name one")
    return sorted(runbook.severities, key=lambda each: int(number[0]) if (number := _NUMBER.search(each.id)) else 0)


def named(runbook: Runbook, word: str) -> Severity:
    """Return the level that *word* names, `2` or `SEV-2`; raises IncidentError for one that is not there."""
    for severity in worst_first(runbook):
        if word.upper() in {severity.id.upper(), *_NUMBER.findall(severity.id)[:1]}:
            return severity
    known = ", ".join(each.id for each in worst_first(runbook))
    raise IncidentError(f"there is no severity {word!r:.40}; {runbook.path.name} has {known}")


def decided(facts: Facts) -> Decision:
    """Return the level at the moment of *facts*; raises IncidentError where nothing decides one."""
    observed = observed_level(facts)
    lines: list[Opened | Update] = [facts.opened, *facts.of(Update)]
    declared = [each for each in lines if each.severity]
    if not declared:
        if observed is None:
            raise IncidentError(f"no sentence of {facts.runbook.path.name} decides the severity; name it with --sev N")
        return observed
    newest = declared[-1]
    severity = named(facts.runbook, newest.severity or "")
    because = newest.because if isinstance(newest, Opened) else ""
    why = because or f"{newest.by or 'the person who wrote it down'} declared it at {newest.when:%H:%M} UTC"
    differs = observed if observed and observed.severity != severity else None
    return Decision(severity, _sentence(severity, facts), why, observed=differs)


def _sentence(severity: Severity, facts: Facts) -> str:
    """Return the example of a declared level that speaks of the chapter's quantity, else the level's definition."""
    of = None if facts.opened.chapter is None else facts.runbook.incident(facts.opened.chapter).alert.quantity.value
    fitting = [each.text for each in map(example, severity.examples) if of and each.quantity == of]
    return fitting[0] if fitting else severity.definition


def observed_level(facts: Facts) -> Decision | None:
    """Return the level that the measured values alone decide, None where they decide none."""
    values = list(_values(facts))
    found = next(_by_examples(facts.runbook, values), None) or _by_alerts(facts.runbook, values)
    if found is None:
        return None
    return replace(found, to_confirm=(*found.to_confirm, *_worse_unknown(facts.runbook, found, values)))


def _values(facts: Facts) -> Iterator[Measured]:
    """Yield the newest value of each quantity; of an alert that was only seen to fire, a value beyond its limit."""
    newest = {each.quantity: each for each in facts.of(Measured)}
    for each in newest.values():
        yield each if each.value is not None else _beyond(facts.runbook, each)


def _beyond(runbook: Runbook, measured: Measured) -> Measured:
    alert = next((each.alert for each in runbook.incidents if each.alert.name == measured.alert), None)
    if alert is None or alert.limit is None:
        return measured
    limit = alert.limit
    step = (LEAST if limit.op[0] == ">" else -LEAST) if len(limit.op) == 1 else 0.0
    said = f"{measured.text} ({limit.text})"
    return measured.model_copy(update={"quantity": alert.quantity.value, "value": limit.value + step, "text": said})


def _alert(runbook: Runbook, quantity: str) -> Alert | None:
    return next((each.alert for each in runbook.incidents if each.alert.quantity.value == quantity), None)


def _by_examples(runbook: Runbook, values: list[Measured]) -> Iterator[Decision]:
    """Yield the levels whose example is met; a level whose upper limit is exceeded gives the one above it."""
    levels = worst_first(runbook)
    for place, severity in enumerate(levels):
        for known, measured in _pairs(severity, values):
            if known.met_by(measured.value or 0.0):
                confirm = () if _NUMBER.search(known.text) else (f"{known.text!r}: {PERSON_DECIDES}",)
                yield Decision(severity, known.text, measured.text, confirm)
        if place + 1 == len(levels):
            return
        for known, measured in _pairs(levels[place + 1], values):
            limit = known.exceeded_by(measured.value or 0.0)
            if limit is not None:
                why = f"{measured.text}, which is beyond {limit.text} of {levels[place + 1].id} ({known.text!r})"
                yield Decision(severity, severity.definition, why)


def _pairs(severity: Severity, values: Iterable[Measured]) -> Iterator[tuple[Example, Measured]]:
    for known in map(example, severity.examples):
        for measured in values:
            if measured.value is not None and known.quantity == measured.quantity:
                yield known, measured


def _by_alerts(runbook: Runbook, values: list[Measured]) -> Decision | None:
    """Return the least level at which the runbook puts some alert's own threshold: no example speaks of this one."""
    if not values:
        return None
    for severity in reversed(worst_first(runbook)):
        for known in map(example, severity.examples):
            alert = _alert(runbook, known.quantity or "")
            if alert and alert.limit and any(_same(alert, each.op, each.value) for each in known.limits):
                why = (
                    f"{values[0].text}; no example of the runbook decides that, and at {severity.id} it puts another "
                    f"alert at its threshold: {known.text!r}"
                )
                confirm = ("the level, because no example speaks of this incident",)
                return Decision(severity, severity.definition, why, confirm)
    return None


def _same(alert: Alert, op: str, value: float) -> bool:
    return alert.limit is not None and (alert.limit.op, alert.limit.value) == (op, value)


def _worse_unknown(runbook: Runbook, found: Decision, values: list[Measured]) -> Iterator[str]:
    """Yield the sentences of worse levels that speak of what was measured and that no figure decides."""
    quantities = {each.quantity for each in values}
    levels = worst_first(runbook)
    for severity in levels[: levels.index(found.severity)]:
        for known in map(example, severity.examples):
            if known.quantity in quantities and not known.decidable:
                yield f"{severity.id}, {known.text!r}: {PERSON_DECIDES}"
