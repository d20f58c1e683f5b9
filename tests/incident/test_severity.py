"""The severity by the runbook's own sentences, and which of them decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.incident.entries import Measured
from drills.incident.errors import IncidentError
from drills.incident.examples import LOSSES, example
from drills.incident.severity import decided, named, observed_level
from tests.helpers.incidents import at, facts, opened, update
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from drills.incident.facts import Facts


def measured(quantity: str, value: float | None, alert: str = "") -> Measured:
    return Measured(at=at(0), quantity=quantity, value=value, text="it was seen", alert=alert)


def observed(*values: Measured) -> Facts:
    return facts(*values, first=opened(severity=None))


@pytest.mark.parametrize(
    ("quantity", "value", "level", "sentence"),
    [
        ("response_time_p95", 31.0, "SEV-2", "The system crawls (p95 > 30s)"),
        ("response_time_p95", 12.0, "SEV-3", "Answers are slow (p95 > 10s but < 30s)"),
        ("error_rate", 0.1, "SEV-3", "PDF processing fails now and then (error rate < 20%)"),
        ("queue_depth", 501.0, "SEV-3", "The queue stays long (> 500 jobs)"),
        ("health", 0.0, "SEV-2", "A critical service without a second instance is down"),
        (LOSSES, 3.0, "SEV-1", "Data of several users is lost or damaged"),
    ],
)
def test_example_that_is_met_decides(quantity: str, value: float, level: str, sentence: str) -> None:
    found = decided(observed(measured(quantity, value)))
    assert (found.severity.id, found.sentence, found.why) == (level, sentence, "it was seen")


def test_example_whose_upper_limit_is_exceeded_gives_the_level_above() -> None:
    found = decided(observed(measured("error_rate", 0.41)))
    assert found.severity.id == "SEV-2"
    assert found.sentence == found.severity.definition
    assert "beyond < 20% of SEV-3" in found.why


def test_worst_of_several_decides() -> None:
    found = decided(observed(measured("queue_depth", 600.0), measured("response_time_p95", 40.0)))
    assert found.severity.id == "SEV-2"


def test_alert_that_was_only_seen_to_fire_is_beyond_its_limit() -> None:
    found = decided(observed(measured("alert HighQueueDepth", None, "HighQueueDepth")))
    assert found.sentence == "The queue stays long (> 500 jobs)"
    assert found.why == "it was seen (> 500 jobs)"


def test_incident_that_no_example_speaks_of_gets_the_level_of_other_alerts_thresholds() -> None:
    found = decided(observed(measured("authentication", 4.0)))
    assert found.severity.id == "SEV-3"
    assert found.sentence == found.severity.definition
    assert "no example of the runbook decides that" in found.why
    assert any("Nobody can sign in" in each for each in found.to_confirm)


def test_nothing_lost_decides_nothing() -> None:
    assert observed_level(observed(measured("queue_depth", 20.0), measured(LOSSES, 0.0))).severity.id == "SEV-3"  # type: ignore[union-attr]
    assert observed_level(observed()) is None


def test_sentence_without_a_figure_needs_a_person() -> None:
    (confirm,) = decided(observed(measured("health", 0.0))).to_confirm
    assert "a person confirms it" in confirm


def test_declared_level_stands_and_the_observed_one_is_told() -> None:
    found = decided(facts(measured("response_time_p95", 40.0), first=opened(severity="SEV-4")))
    assert found.severity.id == "SEV-4"
    assert found.observed is not None
    assert found.observed.severity.id == "SEV-2"


def test_level_of_an_update_is_the_level_from_then_on() -> None:
    found = facts(update(10, severity="SEV-1"), until=20)
    assert decided(found).severity.id == "SEV-1"
    assert decided(found.until(found.opened.when)).severity.id == "SEV-2"


def test_declared_level_is_explained_by_the_sentence_of_its_chapter() -> None:
    assert decided(facts(first=opened(chapter=7))).sentence == "Nobody can sign in"
    assert decided(facts(first=opened(chapter=3))).sentence == OWN_RUNBOOK.severities[1].definition


@pytest.mark.parametrize(
    "sentence", ["No part of the application answers", "Entire application is down (all services)"]
)
def test_one_value_does_not_decide_that_everything_is_down(sentence: str) -> None:
    assert not example(sentence).met_by(0.0)


def test_edited_runbook_decides_otherwise() -> None:
    levels = tuple(
        replace(each, examples=tuple(text.replace("30s", "8s") for text in each.examples))
        for each in OWN_RUNBOOK.severities
    )
    found = observed(measured("response_time_p95", 9.0))
    assert decided(replace(found, runbook=replace(OWN_RUNBOOK, severities=levels))).severity.id == "SEV-2"


@pytest.mark.parametrize("word", ["2", "SEV-2", "sev-2"])
def test_level_has_two_names(word: str) -> None:
    assert named(OWN_RUNBOOK, word).id == "SEV-2"


@pytest.mark.parametrize("word", ["5", "SEV", "", "22"])
def test_level_that_is_not_there_is_refused(word: str) -> None:
    with pytest.raises(IncidentError, match=r"there is no severity .* has SEV-1, SEV-2, SEV-3, SEV-4"):
        named(OWN_RUNBOOK, word)


def test_runbook_without_levels_is_refused() -> None:
    with pytest.raises(IncidentError, match="has no severity levels"):
        decided(replace(facts(), runbook=replace(OWN_RUNBOOK, severities=())))
