"""A record whose two channels say different things of one moment proves nothing."""

from __future__ import annotations

import pytest

from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    CLEARED,
    END,
    INJECTED,
    RATE_RPS,
    RECOVERED,
    WATCHED,
    Story,
    command,
    documented,
    drop,
    event,
    judged,
    placebo,
    put,
    traffic,
    transition,
)


def failing(start_s: float, end_s: float) -> Story:
    """Let one request in ten fail for some seconds; the ledger still says none."""
    rest = traffic(1.0, start_s) + traffic(end_s + 1.0, END)
    few = traffic(start_s, end_s + 1.0, failed_rps=RATE_RPS / 10, failed=2)
    return put(drop(documented(), "traffic"), *rest, *few)


SILENT = put(drop(documented(), "traffic", INJECTED, ACTED), *traffic(INJECTED + 1, ACTED + 0.5, achieved_rps=0.0))
UNCLEARED = drop(documented(), "alert", CLEARED, to="inactive")
UNSEEN = [event("unseen alerts", RECOVERED + s) for s in range(3)]


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (failing(INJECTED, ACTED), "the traffic shows failed requests, and the ledger has none"),
        (SILENT, "no client sent anything from 20.0 s to 38.0 s"),
        (UNCLEARED, "was still firing at 51.5 s"),
        (put(documented(), transition(WATCHED - 1, "inactive", "pending")), "was still pending at 51.5 s"),
        (documented(runbook={"file": "incidents.md", "sha256": "AB" * 32}), "64 hexadecimal digits"),
    ],
    ids=["ledger", "silence", "firing", "pending", "edition"],
)
def test_two_channels_that_disagree_confirm_nothing(story: Story, why: str) -> None:
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason


def test_an_alert_that_nobody_saw_may_have_cleared() -> None:
    """Prometheus may answer for the metric and not for its alerts; the metric's hold was seen."""
    cleared = transition(WATCHED + 0.4, "firing", "inactive")
    assert judged(put(UNCLEARED, *UNSEEN, cleared)).verdict is Verdict.CONFIRMED


def test_a_placebo_that_did_something_says_nothing() -> None:
    story = put(drop(placebo(), "command", purpose="placebo"), command("placebo", ACTED, text="docker restart backend"))
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert "a placebo only waits, and `docker restart backend` was typed" in found.reason
