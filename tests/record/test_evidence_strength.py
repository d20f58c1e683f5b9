"""The exact test of the clients' failures before the first command against those after the recovery."""

from __future__ import annotations

import pytest

from drills.record.evidence_strength import EvidenceStrength, evidence_strength, fisher
from tests.helpers.histories import (
    ACTED,
    END,
    INJECTED,
    RATE_RPS,
    Story,
    documented,
    drop,
    event,
    placebo,
    put,
    told,
    traffic,
)


def failing(story: Story, failed_rps: float) -> Story:
    """Let so many requests a second fail between the fault and the first command."""
    rates = {"intended_rps": RATE_RPS, "achieved_rps": RATE_RPS, "failed_rps": failed_rps}
    bad = [event("traffic", INJECTED + s, **rates) for s in range(int(ACTED - INJECTED) + 1)]
    return put(drop(story, "traffic"), *traffic(1.0, INJECTED), *bad, *traffic(ACTED + 1, END))


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


def test_many_failures_before_and_none_after_are_no_chance() -> None:
    found = evidence_strength(told(failing(documented(quantity="error_rate"), 5.0)))
    assert found
    assert found.p is not None
    assert found.p < 1e-6
    assert (found.failed_before, found.sent_before, found.failed_after) == (90, 360, 0)


def test_few_failures_may_be_chance() -> None:
    found = evidence_strength(told(failing(documented(quantity="error_rate"), 0.1)))
    assert found
    assert found.p is not None
    assert found.p > 0.1


@pytest.mark.parametrize(("quantity", "needed"), [("queue_depth", False), ("response_time_p95", True)])
def test_a_gauge_needs_none_and_a_percentile_has_no_counts(quantity: str, needed: bool) -> None:  # noqa: FBT001
    found = evidence_strength(told(documented(quantity=quantity)))
    assert found == EvidenceStrength(
        needed=needed, p=None, failed_before=None, sent_before=None, failed_after=None, sent_after=None
    )


def test_where_nothing_was_cured_there_is_no_evidence() -> None:
    assert evidence_strength(told(placebo())) is None
    assert evidence_strength(told(drop(documented(), "milestone", name="resolved"))) is None
