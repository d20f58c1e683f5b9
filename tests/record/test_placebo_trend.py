"""A metric that falls towards its target while nothing is done comes back by itself; noise does not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from drills.record.experiment_verdict import judge_pair
from drills.record.judge import Judgement
from drills.record.kendall import p_of_falling
from drills.record.placebo_trend import trend
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    END,
    INJECTED,
    PLACEBO_WATCHED,
    Story,
    drop,
    event,
    judged,
    milestone,
    placebo,
    put,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE = {"op": "<", "value": 100.0, "text": "< 100 jobs"}
SEEDS = 300
STEP_S = 0.5


def watched(value: Callable[[float], float], watch_s: float, **head: object) -> Story:
    """Tell of a placebo whose metric is *value* of the seconds since its action began, watched for some seconds."""
    at_limit = [
        event("sample", t * STEP_S, value=value(0.0)) for t in range(int(INJECTED / STEP_S), int(ACTED / STEP_S))
    ]
    falling = [event("sample", ACTED + t * STEP_S, value=value(t * STEP_S)) for t in range(int(watch_s / STEP_S) + 1)]
    facts = {"sustain_s": 5.0, "documented_minutes": [5.0, 10.0], "target": QUEUE, "unit": "jobs"} | head
    story = drop(drop(placebo(**facts), "sample", INJECTED, END), "milestone", name="watched")
    return put(story, *at_limit, *falling, milestone("watched", ACTED + watch_s))


def emptying(seconds: float) -> Callable[[float], float]:
    return lambda t: max(0.0, 540.0 * (1 - t / seconds))


def test_a_queue_that_empties_within_a_minute_is_spontaneous_after_twenty_seconds() -> None:
    found = judged(watched(emptying(54.0), 20.0))
    assert found.verdict is Verdict.SPONTANEOUS
    assert (
        "went from 540 jobs to 340 jobs in 20 s, so it meets its target < 100 jobs after 44 s by itself" in found.reason
    )
    assert "documented are up to 600 s" in found.reason


def test_the_pair_gives_both_times_and_the_factor() -> None:
    solution = Judgement(Verdict.CONFIRMED, "held", ttr_s=4.0)
    found = judge_pair(solution, judged(watched(emptying(54.0), 20.0)))
    assert found.verdict is Verdict.SPONTANEOUS
    assert "the solution took 4.0 s of 44.0 s, 11.0 times faster" in found.reason


@pytest.mark.parametrize(
    ("seconds", "watch_s"), [(300.0, 60.0), (500.0, 60.0), (700.0, 60.0), (54.0, 25.0), (200.0, 40.0)]
)
def test_a_slow_fall_that_ends_in_time_is_seen(seconds: float, watch_s: float) -> None:
    assert trend(told(watched(emptying(seconds), watch_s)))


def test_a_fall_that_begins_late_is_seen() -> None:
    """A fault goes on for some time before its incident passes."""
    assert trend(told(watched(lambda t: 540.0 + min(t, 30.0) * 3 - max(0.0, t - 30.0) * 4, 60.0)))


@pytest.mark.parametrize(
    "value",
    [
        emptying(1200.0),
        lambda _: 540.0,
        lambda t: 540.0 + t,
        lambda t: 400.0 + 140.0 * 0.9**t,
        lambda t: 540.0 - 200.0 * (t > 30.0),
    ],
    ids=["too slow", "flat", "rising", "levels off", "one step"],
)
def test_what_does_not_come_back_in_time_stays_bad(value: Callable[[float], float]) -> None:
    assert trend(told(watched(value, 60.0))) is None


def test_a_fall_watched_for_less_than_five_windows_is_no_trend_yet() -> None:
    assert trend(told(watched(emptying(100.0), 19.0))) is None


def test_a_metric_that_was_not_seen_has_no_trend() -> None:
    assert trend(told(drop(watched(emptying(54.0), 20.0), "sample", ACTED + 6, ACTED + 11))) is None


def test_a_share_that_has_to_rise_comes_back_as_well() -> None:
    up = {"op": ">=", "value": 1.0, "text": ">= 1 services up"}
    assert trend(told(watched(lambda t: t / 100, 60.0, target=up)))


def rate(rng: random.Random, watch_s: float, share: float, window_s: float) -> Callable[[float], float]:
    """Return an error rate about *share*, of requests that fail by chance, each sample over the last *window_s*."""
    rps = 20
    failed = [rng.random() < share for _ in range(int((watch_s + window_s) * rps) + rps)]

    def value(t: float) -> float:
        window = failed[int(t * rps) : int((t + window_s) * rps)]
        return sum(window) / len(window)

    return value


@pytest.mark.parametrize("watch_s", [20.0, 25.0, 60.0])
@pytest.mark.parametrize("share", [0.5, 0.15])
def test_noise_is_no_trend(share: float, watch_s: float) -> None:
    """Of 600 seeds each, at most 5 were taken for one (25 s, five windows); longer watches make it rarer still."""
    few = {"op": "<", "value": 0.01, "text": "< 1%"}
    story = told(watched(lambda _: share, watch_s, target=few))
    rest = tuple(each for each in story.events if type(each).__name__ != "Sample")
    found = 0
    for seed in range(SEEDS):
        value = rate(random.Random(seed), watch_s, share, 5.0)
        samples = told(
            [
                {**placebo()[0]},
                *(event("sample", ACTED + t * STEP_S, value=value(t * STEP_S)) for t in range(int(watch_s * 2) + 1)),
            ]
        ).events[1:]
        found += trend(type(story)((*rest, *samples))) is not None
    assert found <= SEEDS / 100


def test_a_steady_placebo_still_refutes_doing_nothing() -> None:
    assert judged(watched(lambda _: 540.0, PLACEBO_WATCHED - ACTED)).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("values", "p"),
    [
        ([5, 4, 3, 2, 1], 1 / 120),
        ([1, 2, 3, 4, 5], 1.0),
        ([1, 1, 1], 1.0),
        ([3, 2, 1], 1 / 6),
        ([2, 3, 1], 3 / 6),
    ],
)
def test_how_seldom_values_fall_so_steadily(values: list[float], p: float) -> None:
    assert p_of_falling(values) == pytest.approx(p)


def test_for_many_values_the_normal_distribution_is_close_enough() -> None:
    rng = random.Random(1)
    values = [rng.random() - i / 60 for i in range(41)]
    assert p_of_falling(values) == pytest.approx(p_of_falling(values[:40]), abs=0.02)
