"""After a recovery the whole system is as before, for a sustain window, or one incident was cured by another."""

from __future__ import annotations

import pytest

from drills.record.settled import settled_at
from drills.record.troubles import requests
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    AT_LIMIT,
    END,
    RATE_RPS,
    SETTLED,
    TRIED,
    VERIFIED,
    WATCHED,
    Story,
    check,
    documented,
    drop,
    event,
    judged,
    key_metric,
    ledger,
    metric,
    other_alert,
    put,
    told,
    traffic,
)


def failing(per_event: int, story: Story | None = None) -> Story:
    """Let so many requests a second fail from the verification on."""
    late = traffic(VERIFIED, END, failed=per_event, failed_rps=float(per_event))
    bad = put(drop(story or documented(), "traffic", VERIFIED), *late)
    return put(drop(bad, "ledger"), ledger(requests_failed=400))


MIDDLE = (SETTLED + TRIED) / 2
LONG_QUEUE = put(drop(documented(), "key metric"), *key_metric(WATCHED, TRIED, 161.0))
SHORT_PEAK = put(drop(documented(), "key metric", MIDDLE, MIDDLE), *key_metric(MIDDLE, MIDDLE + 0.5, 161.0))
PENDING = put(documented(), other_alert("HighErrorRate", VERIFIED, "inactive", "pending"))
BEFORE_AS_WELL = put(drop(failing(1), "traffic", 0.0, 20.0), *traffic(1.0, 21.0, failed=1, failed_rps=1.0))


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (LONG_QUEUE, "the metric recovered, but Queue Depth was 161 (target < 100 jobs) at 62.5 s"),
        (SHORT_PEAK, "Queue Depth was 161"),
        (PENDING, "the metric recovered, but HighErrorRate was pending until 100.0 s"),
        (failing(2), "the metric recovered, but 20 of 200 requests failed, and before the fault 0 of 400"),
        (metric(documented(), MIDDLE, MIDDLE, AT_LIMIT), "the metric recovered, but the metric was 50 (target < 50"),
    ],
    ids=["a queue", "a peak", "an alert", "clients", "the metric itself"],
)
def test_what_is_worse_than_before_refutes(story: Story, why: str) -> None:
    found = judged(story)
    assert found.verdict is Verdict.REFUTED
    assert why in found.reason


def test_clients_that_failed_as_often_before_the_fault_are_not_worse() -> None:
    assert judged(BEFORE_AS_WELL).verdict is Verdict.CONFIRMED


def test_a_journey_that_fails_at_its_first_try_refutes() -> None:
    story = put(drop(documented(), "check", after="settled"), check(TRIED, name="sign-in", ok=False, after="settled"))
    found = judged(story)
    assert found.verdict is Verdict.REFUTED
    assert found.reason == "the metric recovered, but sign-in failed at its first try: 200"


def test_a_second_try_does_not_count() -> None:
    found = judged(put(documented(), check(TRIED, name="journey", after="settled")))
    assert found.verdict is Verdict.UNKNOWN


GAP = drop(documented(), "key metric", SETTLED, TRIED - 5)
UNLOOKED = put(documented(), check(5.0, name="Error Rate", after="steady"))
UNSEEN = put(documented(), *(event("unseen alerts", t) for t in (54.0, 58.0, 62.0)))


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (drop(documented(), "key metric"), "it was not looked at whether the rest of the system is as before"),
        (drop(documented(), "phase", name="settle"), "a journey was tried at 63.0 s, after 51.5 s, when it last could"),
        (GAP, "no data of Queue Depth for"),
        (UNLOOKED, "Error Rate: checked before the fault, and not after the recovery"),
        (UNSEEN, "Prometheus did not answer with the alerts' states"),
        (drop(documented(), "check", after="settled"), "no journey was tried"),
        (drop(documented(), "milestone", name="settled"), "no journey was tried"),
        (
            put(drop(documented(), "traffic", VERIFIED), *traffic(VERIFIED, END, sent=None)),
            "the clients' requests were not counted",
        ),
    ],
    ids=["no metrics", "no phase", "gap", "metric left out", "alerts", "journeys", "milestone", "counts"],
)
def test_what_was_not_seen_proves_nothing(story: Story, why: str) -> None:
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason


def test_the_window_begins_when_the_last_trouble_is_over() -> None:
    assert settled_at(told(documented())) == WATCHED
    peak = key_metric(SETTLED, SETTLED + 0.5, 161.0)
    assert settled_at(told(put(drop(documented(), "key metric", SETTLED, SETTLED), *peak))) == SETTLED
    assert settled_at(told(LONG_QUEUE)) is None


def test_traffic_that_ends_while_it_is_looked_proves_nothing() -> None:
    thin = put(drop(documented(), "traffic", VERIFIED), *traffic(VERIFIED, END, RATE_RPS / 4))
    assert judged(thin).verdict is Verdict.UNKNOWN


def test_no_event_at_all_in_an_interval_is_no_error() -> None:
    assert requests(told(drop(documented(), "traffic", 0.0, 30.0)), 0.0, 20.0) == (0, 0)
    assert judged(drop(documented(), "traffic", VERIFIED)).verdict is Verdict.UNKNOWN
