"""Which trigger was met when, for which role, and what only a person can say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from drills.incident.entries import Escalated, Topic
from drills.incident.errors import IncidentError
from drills.incident.escalation import PERSON, Trigger, requests, role_of, triggers
from tests.helpers.incidents import BEGAN, at, facts, note, opened, resolved, update
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from drills.incident.facts import Facts

OPEN_FOR_LONG = "A SEV-2 is still open after 30 minutes"
NO_CAUSE = "15 minutes of investigation did not show the root cause"
SEVERAL = "More than one service is affected"


def trigger(found: Facts, condition: str) -> Trigger:
    return next(each for each in triggers(found) if each.condition == condition)


def met(found: Facts, condition: str) -> float | None:
    moment = trigger(found, condition).met
    return None if moment is None else (moment - BEGAN) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("found", "condition", "minutes"),
    [
        (facts(until=31), OPEN_FOR_LONG, 30),
        (facts(until=29), OPEN_FOR_LONG, None),
        (facts(resolved(29)), OPEN_FOR_LONG, None),
        (facts(resolved(29), note(60, "a lesson")), OPEN_FOR_LONG, None),
        (facts(resolved(31)), OPEN_FOR_LONG, 30),
        (facts(first=opened(severity="SEV-3"), until=60), OPEN_FOR_LONG, None),
        (facts(until=16), NO_CAUSE, 15),
        (facts(note(10, "x", Topic.INVESTIGATION), until=26), NO_CAUSE, 25),
        (facts(note(14, "x", Topic.ROOT_CAUSE), until=60), NO_CAUSE, None),
        (facts(note(16, "x", Topic.ROOT_CAUSE), until=60), NO_CAUSE, 15),
        (facts(first=opened(severity="SEV-1")), "A SEV-1 was declared", 0),
        (facts(update(7, severity="SEV-1")), "It is a SEV-1 (tell them immediately)", 7),
        (facts(), "A SEV-1 was declared", None),
        (facts(note(1, "a", Topic.SERVICES), note(3, "b", Topic.SERVICES)), SEVERAL, 3),
        (facts(note(1, "a", Topic.SERVICES)), SEVERAL, None),
    ],
)
def test_trigger_is_met_at_its_moment(found: Facts, condition: str, minutes: float | None) -> None:
    assert met(found, condition) == minutes


@pytest.mark.parametrize("condition", ["Security may be concerned", "A promise of the SLA will be missed", SEVERAL])
def test_what_no_fact_tells_a_person_says(condition: str) -> None:
    assert trigger(facts(until=600), condition).said == PERSON


def test_request_is_for_the_role_at_the_first_trigger_that_was_met() -> None:
    lead = next(each for each in requests(facts(until=60)) if each.role == "Engineering Lead")
    assert (lead.at - BEGAN, lead.reasons, lead.recorded) == (timedelta(minutes=15), (NO_CAUSE,), False)


def test_role_that_a_person_called_is_not_asked_for_again() -> None:
    called = Escalated(at=at(5), role="Engineering Lead", text="unclear")
    (found,) = requests(facts(called, until=60))
    assert (found.role, found.reasons, found.recorded) == ("Engineering Lead", ("unclear",), True)


def test_role_is_one_of_the_runbook() -> None:
    assert role_of(OWN_RUNBOOK, "product owner") == "Product Owner"
    with pytest.raises(IncidentError, match="its roles are Engineering Lead, Product Owner, System Administrator"):
        role_of(OWN_RUNBOOK, "CEO")
