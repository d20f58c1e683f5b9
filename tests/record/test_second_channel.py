"""The metric is believed only beside a channel that the solution does not touch, and with unchanged instruments."""

from __future__ import annotations

import pytest

from drills.record.second_channel import CHANNELS
from drills.record.verdicts import Verdict
from drills.runbook.model import Quantity
from tests.helpers.histories import (
    ACTED,
    AFTER,
    AT_LIMIT,
    BEFORE,
    END,
    FIRING,
    INJECTED,
    PARTS,
    VERIFIED,
    Story,
    documented,
    drop,
    event,
    judged,
    ledger,
    put,
    second_channel,
    traffic,
)


def read(when: str, t: float, value: float | None) -> Story:
    """Tell of another reading than that of the good record."""
    return put(drop(documented(), "second channel", when=when), second_channel(when, t, value))


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (
            read("recovered", VERIFIED, AT_LIMIT),
            "after the recovery the metric was at its target < 50 connections, and",
        ),
        (read("recovered", VERIFIED, None), "was not read through a second channel after the recovery"),
        (read("abnormal", FIRING + 1, AFTER), "the metric was not at its target, and pg_stat_activity says 7"),
        (read("normal", 5.0, AT_LIMIT), "before the fault the metric was at its target < 50 connections, and"),
        (drop(documented(), "second channel"), "was not read through a second channel before the fault"),
        (drop(documented(), "second channel", when="recovered"), "through a second channel after the recovery"),
    ],
    ids=["still bad", "unread", "never bad", "bad before", "none", "not after"],
)
def test_a_metric_that_is_alone_is_not_believed(story: Story, why: str) -> None:
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason


def test_the_last_reading_counts_and_one_that_shows_the_incident_is_enough() -> None:
    late = put(documented(), second_channel("recovered", VERIFIED - 0.2, AT_LIMIT))
    assert judged(late).verdict is Verdict.CONFIRMED
    assert judged(put(documented(), second_channel("abnormal", FIRING + 0.2, BEFORE))).verdict is Verdict.CONFIRMED


def test_only_the_channel_that_showed_the_incident_counts_after_it() -> None:
    other = second_channel("normal", 5.0, AT_LIMIT) | {"channel": "another count"}
    assert judged(put(documented(), other)).verdict is Verdict.CONFIRMED


def slow(during: int, after: int) -> Story:
    """Tell of a percentile whose clients have so many slow answers in each 20."""
    story = drop(documented(quantity="response_time_p95"), "second channel")
    rates = traffic(1.0, INJECTED), traffic(INJECTED, ACTED, slow=during), traffic(ACTED, END, slow=after)
    return put(drop(story, "traffic"), *(each for part in rates for each in part))


def test_the_clients_count_of_slow_answers_stands_beside_a_percentile() -> None:
    assert judged(slow(6, 0)).verdict is Verdict.CONFIRMED
    assert "30.0% of the requests were slow" in judged(slow(10, 6)).reason
    assert "only 0.0% were slow" in judged(slow(0, 0)).reason


def test_a_metric_of_failures_is_believed_beside_the_clients_failures() -> None:
    """A recording rule that was rewritten says that all is well, and nine of ten requests go on failing."""
    story = drop(documented(quantity="error_rate", target=ERRORS), "second channel")
    shares = tuple(each | {"value": each["value"] / 1000} if each["kind"] == "sample" else each for each in story)
    during = traffic(INJECTED, ACTED, failed=18, failed_rps=18.0)
    whole = put(drop(shares, "traffic", INJECTED, ACTED - 0.5), *during)
    whole = put(drop(whole, "ledger"), ledger(requests_failed=400))
    assert judged(whole).verdict is Verdict.CONFIRMED
    uncounted = put(drop(whole, "traffic", INJECTED + 1, ACTED - 0.5), *traffic(INJECTED + 1, ACTED, failed=None))
    assert "the clients' failed requests were not counted" in judged(uncounted).reason


ERRORS = {"op": "<", "value": 0.01, "text": "< 1%"}


def test_sign_ins_have_the_journeys_as_their_second_channel() -> None:
    met = traffic(INJECTED + 1, ACTED, failed=8, failed_rps=8.0)
    story = drop(drop(documented(quantity="authentication"), "second channel"), "traffic", INJECTED + 1, ACTED - 0.5)
    story = put(drop(put(story, *met), "ledger"), ledger(requests_failed=400))
    assert judged(story).verdict is Verdict.CONFIRMED


def test_each_quantity_has_a_second_channel() -> None:
    """But for the one that no expression measures, so that no drill watches it."""
    assert set(CHANNELS) == set(Quantity) - {Quantity.OTHER}


@pytest.mark.parametrize(
    ("parts", "verdict", "why"),
    [
        (PARTS | {"rules": "ef" * 32}, Verdict.REFUTED, "the solution changed what measures the system: rules"),
        ({"rules": PARTS["rules"]}, Verdict.REFUTED, "the solution changed what measures the system: configuration"),
        ({}, Verdict.UNKNOWN, "what measures the system was not looked at"),
    ],
    ids=["rewritten", "left out", "nothing"],
)
def test_a_solution_leaves_the_instruments_alone(parts: dict[str, str], verdict: Verdict, why: str) -> None:
    looked = event("instruments", VERIFIED, when="recovered", parts=parts)
    found = judged(put(drop(documented(), "instruments", when="recovered"), looked))
    assert found.verdict is verdict
    assert why in found.reason


@pytest.mark.parametrize("when", ["normal", "recovered"])
def test_instruments_that_were_not_looked_at_may_have_been_changed(when: str) -> None:
    assert judged(drop(documented(), "instruments", when=when)).verdict is Verdict.UNKNOWN
