"""Which escalation trigger of the runbook was met when, for which role, and what only a person can say of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from drills.incident.entries import Escalated, Topic
from drills.incident.errors import IncidentError
from drills.incident.severity import decided, worst_first
from drills.incident.times import exact, length
from drills.runbook.windows import duration_s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from drills.incident.facts import Facts
    from drills.runbook import Runbook

_CAUSE = re.compile(r"\broot cause\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:more than one|multiple|several) services?\b", re.IGNORECASE)
PERSON = "a person says"


@dataclass(frozen=True)
class Trigger:
    """A condition for calling *role*; *met* is None where it was not met, or where only a person can say."""

    role: str
    condition: str
    met: datetime | None
    said: str


@dataclass(frozen=True)
class Request:
    """A call for *role* at the moment *at*, for these reasons; *recorded* says that a person wrote it down."""

    role: str
    at: datetime
    reasons: tuple[str, ...]
    recorded: bool


def triggers(facts: Facts) -> tuple[Trigger, ...]:
    """Judge every condition of the runbook, in its order."""
    return tuple(
        _judged(facts, trigger.role, condition)
        for trigger in facts.runbook.escalation
        for condition in trigger.conditions
    )


def _judged(facts: Facts, role: str, condition: str) -> Trigger:
    seconds = duration_s(condition)
    after = timedelta(seconds=seconds or 0)
    if any(_names(condition, each.id) for each in worst_first(facts.runbook)):
        return _by_severity(facts, role, condition, after)
    if _CAUSE.search(condition) and seconds:
        return _by_cause(facts, role, condition, after)
    if _SEVERAL.search(condition) and facts.notes(Topic.SERVICES):
        return _by_services(facts, role, condition)
    return Trigger(role, condition, None, PERSON)


def _names(condition: str, severity: str) -> bool:
    return re.search(rf"\b{re.escape(severity)}\b", condition) is not None


def _by_severity(facts: Facts, role: str, condition: str, after: timedelta) -> Trigger:
    since = _since(facts, condition)
    if since is None:
        return Trigger(role, condition, None, f"not met: it is {decided(facts).severity.id}")
    return _open_at(facts, role, condition, since + after)


def _since(facts: Facts, condition: str) -> datetime | None:
    """Return from when on the incident had a level that *condition* names; None: it never had."""
    for moment in dict.fromkeys([facts.opened.when, *(each.when for each in facts.entries)]):
        if moment >= facts.opened.when and _names(condition, decided(facts.until(moment)).severity.id):
            return moment
    return None


def _open_at(facts: Facts, role: str, condition: str, at: datetime) -> Trigger:
    """Say that a condition was met at *at*, unless the incident was over before, or the facts end before."""
    if facts.ended is not None and facts.ended <= at:
        return Trigger(
            role, condition, None, f"not met: it was resolved after {length(facts.ended - facts.opened.when)}"
        )
    if at > facts.at:
        return Trigger(
            role,
            condition,
            None,
            f"not met by {exact(facts.at)}; it is from {exact(at)} on, if the incident is open then",
        )
    return Trigger(role, condition, at, f"met at {exact(at)}")


def _by_cause(facts: Facts, role: str, condition: str, after: timedelta) -> Trigger:
    began = [each.when for each in facts.notes(Topic.INVESTIGATION)]
    due = (began[0] if began else facts.opened.when) + after
    known = [each.when for each in facts.notes(Topic.ROOT_CAUSE)]
    if known and known[0] <= due:
        return Trigger(role, condition, None, f"not met: the root cause was written down at {exact(known[0])}")
    return _open_at(facts, role, condition, due)


def _by_services(facts: Facts, role: str, condition: str) -> Trigger:
    named = facts.notes(Topic.SERVICES)
    if len({each.text for each in named}) > 1:
        return Trigger(role, condition, named[1].when, f"met at {exact(named[1].when)}: {len(named)} were named")
    return Trigger(role, condition, None, f"{PERSON}: one was named")


def requests(facts: Facts) -> tuple[Request, ...]:
    """Return what is asked for: by persons, and by each role's triggers from when the first of these was met."""
    return tuple(sorted((*_recorded(facts), *_due(facts)), key=lambda each: (each.at, each.role)))


def _recorded(facts: Facts) -> Iterator[Request]:
    for each in facts.of(Escalated):
        yield Request(each.role, each.when, (each.text,), recorded=True)


def _due(facts: Facts) -> Iterator[Request]:
    asked = {each.role for each in facts.of(Escalated)}
    found: dict[str, list[Trigger]] = {}
    for trigger in triggers(facts):
        if trigger.met is not None and trigger.role not in asked:
            found.setdefault(trigger.role, []).append(trigger)
    for role, met in found.items():
        first = min(each.met for each in met if each.met)
        yield Request(role, first, tuple(each.condition for each in met if each.met == first), recorded=False)


def role_of(runbook: Runbook, word: str) -> str:
    """Return the role of the runbook that *word* names; raises IncidentError for one that is not there."""
    roles = [each.role for each in runbook.escalation]
    found = next((role for role in roles if role.lower() == word.lower().strip()), None)
    if found is None:
        raise IncidentError(f"the runbook escalates to no {word!r:.40}; its roles are {', '.join(roles) or 'none'}")
    return found
