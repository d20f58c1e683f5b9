"""The exact test of the clients' failures before the first command against those after the recovery."""

from __future__ import annotations

import pytest

from drills.record.evidence_strength import CHANCE, evidence_strength, fisher
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    END,
    INJECTED,
    Story,
    documented,
    drop,
    judged,
    ledger,
    placebo,
    put,
    told,
    traffic,
)

ONE_PERCENT = {"op": "<", "value": 0.01, "text": "< 1%"}


def as_ratio(story: Story) -> Story:
    """Let the metric be a share: its limit of 50 is 5 %."""
    shares = (each | {"value": each["value"] / 1000} if each["kind"] == "sample" else each for each in story)
    return drop(tuple(shares), "second channel")


def meeting(story: Story, **met: int) -> Story:
    """Let the fault meet so many requests in each event between the fault and the first command."""
    rest = traffic(1.0, INJECTED + 1) + traffic(ACTED + 1, END)
    return put(drop(story, "traffic"), *rest, *traffic(INJECTED + 1, ACTED + 1, **met))


@pytest.mark.parametrize(
    ("counts", "p"),
    [
        ((3, 4, 1, 4), 17 / 70),  # the lady tasting tea, all but one cup right
        ((4, 4, 0, 4), 1 / 70),
        ((4, 88, 0, 40), 0.218587),
        ((0, 10, 0, 10), 1.0),
        ((0, 10, 5, 10), 1.0),
        ((0, 0, 0, 0), 1.0),
    ],
)
def test_fisher(counts: tuple[int, int, int, int], p: float) -> None:
    assert fisher(*counts) == pytest.approx(p, rel=1e-4)


@pytest.mark.parametrize(("quantity", "what"), [("error_rate", "failed"), ("response_time_p95", "slow")])
def test_many_met_before_and_none_after_are_no_chance(quantity: str, what: str) -> None:
    found = evidence_strength(told(meeting(documented(quantity=quantity), **{what: 5})))
    assert found
    assert found.p is not None
    assert found.p < 1e-6
    assert (found.failed_before, found.sent_before, found.failed_after, found.sent_after) == (90, 360, 0, 440)
    assert found.counted == what


def test_few_failures_may_be_chance() -> None:
    story = meeting(as_ratio(documented(quantity="error_rate", target=ONE_PERCENT)))
    one = put(drop(story, "traffic", 30.0, 30.0), *traffic(30.0, 31.0, failed=4, failed_rps=2.0))
    failed_once = put(drop(one, "ledger"), ledger(requests_failed=4))
    found = evidence_strength(told(failed_once))
    assert found
    assert found.p is not None
    assert found.p > CHANCE
    judgement = judged(failed_once)
    assert judgement.verdict is Verdict.UNKNOWN
    assert "too few requests to tell: 4 of 360 failed before, 0 of 440 after, p = 0.0" in judgement.reason


@pytest.mark.parametrize("quantity", ["error_rate", "response_time_p95", "authentication"])
def test_requests_that_were_not_counted_are_no_evidence(quantity: str) -> None:
    story = put(
        drop(documented(quantity=quantity), "traffic", INJECTED, ACTED),
        *traffic(INJECTED, ACTED, sent=None, failed=None, slow=None),
    )
    found = evidence_strength(told(story))
    assert found
    assert found.needed
    assert found.p is None
    assert judged(story).verdict is Verdict.UNKNOWN


def test_a_gauge_needs_none() -> None:
    found = evidence_strength(told(documented(quantity="queue_depth")))
    assert found
    assert not found.needed
    assert found.p is None
    assert judged(documented(quantity="queue_depth")).verdict is Verdict.CONFIRMED


def test_where_nothing_was_cured_there_is_no_evidence() -> None:
    assert evidence_strength(told(placebo())) is None
    assert evidence_strength(told(drop(documented(), "milestone", name="resolved"))) is None
