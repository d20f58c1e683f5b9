"""A drill that runs asks the judge's rule of its record so far whether the system has settled, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.record.settled import not_settled_yet, settled_at
from tests.helpers.histories import (
    END,
    HOLD_S,
    RATE_RPS,
    SETTLED,
    TRIED,
    VERIFIED,
    WATCHED,
    Story,
    cut,
    documented,
    drop,
    event,
    key_metric,
    milestone,
    other_alert,
    put,
    told,
    traffic,
    transition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.helpers.histories import Event

START, LATE = 60.0, 70.0
QUEUE, OTHER = "Queue Depth", "HighQueueDepth"


def well(*, queue: Iterable[Event] = (), clients: Iterable[Event] = ()) -> Story:
    """Tell of a drill that has been looking since the recovery; other polls or other traffic may be given."""
    running = drop(drop(documented(), "phase", name="settle", event="end"), "check", after="settled")
    bare = drop(drop(drop(running, "key metric"), "traffic", VERIFIED), "milestone", name="settled")
    return put(
        bare,
        *(queue or key_metric(WATCHED, END, 3.0)),
        *key_metric(WATCHED, END, 1.0, "Memory Usage"),
        *(clients or traffic(VERIFIED, END)),
    )


def why(story: Story, at_s: float = LATE) -> str | None:
    return not_settled_yet(told(cut(story, at_s)))


def since(story: Story, at_s: float = LATE) -> float | None:
    return settled_at(told(cut(story, at_s)))


def alert(name: str, begin_s: float, end_s: float, state: str = "firing") -> tuple[Event, Event]:
    return other_alert(name, begin_s, "inactive", state), other_alert(name, end_s, state, "inactive")


def test_window_in_which_all_is_as_before_is_settled() -> None:
    assert (why(well()), since(well())) == (None, WATCHED)


def test_window_that_is_not_full_yet_does_not_count() -> None:
    assert "for 9.0 s, not for 10 s" in (why(well(), WATCHED + HOLD_S - 1.0) or "")


def test_nothing_is_settled_before_the_phase_begins() -> None:
    assert (
        why(drop(well(), "phase", name="settle")) == "it was not looked at whether the rest of the system is as before"
    )


def test_nothing_is_settled_where_no_key_metric_is_seen() -> None:
    assert "not looked at" in (why(drop(well(), "key metric")) or "")


@pytest.mark.parametrize("state", ["pending", "firing"])
def test_other_alert_that_is_active_throughout_is_not_settled(state: str) -> None:
    assert f"{OTHER} was {state}" in (why(put(well(), other_alert(OTHER, 45.0, "inactive", state))) or "")


def test_own_alert_that_comes_again_is_not_settled() -> None:
    again = put(well(), transition(START, "inactive", "pending"))
    assert "DatabaseConnectionPoolExhausted was pending" in (why(again) or "")


def test_window_begins_when_an_alert_is_over() -> None:
    story = put(well(), *alert(OTHER, 45.0, START))
    assert why(story, START + HOLD_S - 1.0) is not None
    assert (why(story), since(story)) == (None, START)


def test_window_begins_after_an_alert_that_came_and_went_in_it() -> None:
    assert since(put(well(), *alert(OTHER, 58.0, 58.5, "pending"))) == 58.5


def test_alerts_that_are_not_seen_are_not_settled() -> None:
    unseen = put(well(), *(event("unseen alerts", t) for t in (54.0, 61.0)))
    assert "did not answer with the alerts' states" in (why(unseen) or "")


def test_key_metric_off_its_target_once_is_not_settled() -> None:
    off = key_metric(START, START + 0.5, 600.0)
    assert f"{QUEUE} was 600 (target < 100 jobs) at {START:.1f} s" in (why(put(well(), *off), 69.0) or "")


def test_key_metric_without_a_value_is_not_seen() -> None:
    queue = [*key_metric(WATCHED, 56.0, 3.0), *key_metric(56.0, END, None)]
    assert f"no data of {QUEUE} for" in (why(well(queue=queue)) or "")


def test_key_metric_that_is_no_longer_seen_is_not_settled() -> None:
    assert f"no data of {QUEUE} for" in (why(well(queue=key_metric(WATCHED, 56.0, 3.0))) or "")


def test_clients_that_fail_more_than_before_are_not_settled() -> None:
    refused = traffic(VERIFIED, END, failed=1, failed_rps=1.0)
    assert "requests failed, and before the fault 0 of 400" in (why(well(clients=refused)) or "")


def test_clients_that_failed_as_often_before_are_settled() -> None:
    before = traffic(1.0, 21.0, failed=1, failed_rps=1.0)
    story = put(drop(well(clients=traffic(VERIFIED, END, failed=1)), "traffic", 0.0, 20.0), *before)
    assert why(story) is None


def test_too_little_traffic_is_not_settled() -> None:
    assert "too little traffic" in (why(well(clients=traffic(VERIFIED, END, RATE_RPS / 10))) or "")


LATER: dict[str, Story] = {
    "well": well(),
    "a gap that begins in the window": well(queue=[*key_metric(WATCHED, START, 3.0), *key_metric(START + 9, END, 3.0)]),
    "a queue that falls": well(queue=[*key_metric(WATCHED, 55.0, 161.0), *key_metric(55.0, END, 3.0)]),
    "an alert that goes": put(well(), *alert(OTHER, 45.0, 55.0)),
    "an alert that comes": put(well(), other_alert(OTHER, 67.0, "inactive", "firing")),
    "clients that fail for a while": well(
        clients=[*traffic(VERIFIED, 57.0, failed=2, failed_rps=2.0), *traffic(57.0, END)]
    ),
    "traffic that ends": well(clients=traffic(VERIFIED, 66.0)),
}


@pytest.mark.parametrize("story", LATER.values(), ids=LATER)
def test_what_a_drill_is_told_holds_for_its_whole_record(story: Story) -> None:
    told_then = {since(story, at / 2) for at in range(int(2 * WATCHED), int(2 * END))}
    assert len(told_then - {None}) == 1, "the answer changed"


def test_a_judge_of_the_whole_record_agrees_with_its_drill() -> None:
    ended: dict[str, Any] = {"name": "settle", "event": "end", "ok": True, "note": None}
    story = put(well(), milestone("settled", SETTLED), event("phase", TRIED, **ended))
    assert since(story, END) == since(story)
