"""An alert that does not fire until the first command, or flaps after it, is no incident to cure."""

from __future__ import annotations

import pytest

from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    AFTER,
    AT_LIMIT,
    CLEARED,
    FIRING,
    SETTLED,
    TRIED,
    Story,
    documented,
    drop,
    event,
    judged,
    metric,
    milestone,
    other_alert,
    placebo,
    put,
    transition,
)

LAPSE = (transition(ACTED - 0.8, "firing", "inactive"), transition(ACTED - 0.3, "inactive", "firing"))
AGAIN = milestone("firing", ACTED - 0.3)


@pytest.mark.parametrize("story", [documented(window_s=None), placebo(window_s=None)], ids=["documented", "placebo"])
def test_an_alert_that_lapsed_before_the_first_command_is_no_incident(story: Story) -> None:
    found = judged(put(story, *LAPSE, AGAIN))
    assert found.verdict is Verdict.UNKNOWN
    assert "fired at 32.0 s and was inactive at 37.2 s, before the first command" in found.reason


def test_an_alert_that_was_not_seen_in_the_last_second_may_have_lapsed() -> None:
    found = judged(put(documented(), event("unseen alerts", ACTED - 0.5)))
    assert found.verdict is Verdict.UNKNOWN
    assert "whether DatabaseConnectionPoolExhausted still fired at the first command is not known" in found.reason


def test_an_alert_unseen_for_a_moment_earlier_is_seen_firing_since() -> None:
    assert judged(put(documented(), event("unseen alerts", FIRING + 1))).verdict is Verdict.CONFIRMED


def flapping(back_s: float) -> Story:
    """Let the metric be good for 2 s after the first command, and the alert go away and come *back_s* later."""
    gone, back = ACTED + 1.0, ACTED + 1.0 + back_s
    story = metric(documented(window_s=None, sustain_s=3.0), gone - 0.5, gone + 1.5, AFTER)
    story = metric(story, gone + 2.0, back + 1.0, AT_LIMIT)
    story = drop(drop(story, "alert", CLEARED, to="inactive"), "milestone", name="recovered")
    changes = transition(gone, "firing", "inactive"), transition(back, "inactive", "firing")
    cleared = transition(back + 1.6, "firing", "inactive")
    return put(story, *changes, milestone("firing", back), milestone("recovered", back + 1.5), cleared)


def test_an_alert_that_came_back_after_a_long_lull_flaps() -> None:
    found = judged(flapping(8.0))
    assert found.verdict is Verdict.UNKNOWN
    assert "flapped: 8.0 s after it went away it was firing again, at 47.0 s" in found.reason


def test_a_recovery_far_longer_than_the_lull_before_it_is_none_of_its_kind() -> None:
    assert judged(flapping(3.0)).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize("state", ["pending", "firing"])
def test_an_alert_that_was_active_before_the_fault_is_no_steady_state(state: str) -> None:
    found = judged(put(documented(), other_alert("HighErrorRate", 3.0, "inactive", state)))
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason == f"there was no steady state: HighErrorRate was already {state} when the fault came"


def test_an_alert_of_the_time_before_that_went_away_does_not_matter() -> None:
    assert judged(put(documented(), other_alert("HighErrorRate", 3.0, "firing", "inactive"))).verdict is (
        Verdict.CONFIRMED
    )


def test_an_other_alert_may_come_and_go_while_the_incident_lasts() -> None:
    changes = (other_alert("Slow", FIRING, "inactive", "firing"), other_alert("Slow", SETTLED, "firing", "inactive"))
    assert judged(put(documented(), *changes)).verdict is Verdict.CONFIRMED
    late = (changes[0], other_alert("Slow", TRIED - 2, "firing", "inactive"))
    assert judged(put(documented(), *late)).verdict is Verdict.REFUTED
