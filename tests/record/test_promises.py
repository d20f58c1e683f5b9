"""What the runbook promises of a recovery is judged: kept, not kept, not seen, or named as not judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.record.promises import promises
from drills.record.verdicts import Verdict
from tests.helpers.heads import of_today
from tests.helpers.histories import (
    ACTED,
    AFTER,
    AT_LIMIT,
    END,
    RECOVERED,
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
    metric,
    placebo,
    put,
    samples,
    told,
)

if TYPE_CHECKING:
    from tests.helpers.histories import Event

BELOW_50 = {"op": "<", "value": 50.0, "text": "< 50 connections"}
SIGN_IN = "browser: sign-in"
OOM: dict[str, Any] = {"measure": "out of memory", "place": "symptom"}
CONTAINERS = {"backend/0123": 1, "worker/4567": 0}


def promising(story: Story | None = None, **facts: Any) -> Story:
    """Return a story whose runbook promises one thing."""
    usual = {"text": "all is well", "line": 9, "place": "verification", "measure": "metric"}
    return of_today(story or documented(), promises=[usual | facts])


def killed(when: str, t: float, *names: str, **restarts: int) -> Event:
    return event("out of memory", t, when=when, killed=list(names), restarts=CONTAINERS | restarts)


def inspected(*names: str, **restarts: int) -> Story:
    return put(documented(), killed("resolved", VERIFIED), killed("settled", TRIED, *names, **restarts))


def falling(*values: float) -> Story:
    """Return a story whose metric takes these values after the first command, and is at its target then."""
    times = [ACTED + 0.6 + step * 0.2 for step in range(len(values))]
    steps = [event("sample", t, value=value) for t, value in zip(times, values, strict=True)]
    return put(drop(documented(), "sample", ACTED + 0.1, RECOVERED - 0.1), *steps)


KEPT = {
    "a limit": promising(limit=BELOW_50),
    "well below a limit": promising(limit=BELOW_50, well=True),
    "a limit in time": promising(limit=BELOW_50, within_s=5.0),
    "a metric that falls": promising(falling(*[AT_LIMIT + 20, AT_LIMIT + 10, AT_LIMIT]), falls=True),
    "a fall that pauses": promising(falling(90.0, 80.0, 80.0, 80.0, 81.0, 60.0, AT_LIMIT), falls=True),
    "a symptom that is gone": promising(place="symptom"),
    "a key metric": promising(place="symptom", sources=["Queue Depth"]),
    "no kills": promising(inspected(), **OOM),
    "a sign-in": promising(
        put(documented(), check(TRIED, name=SIGN_IN, after="settled")), measure="browser sign-in", sources=[SIGN_IN]
    ),
}
BROKEN = {
    "not below its limit": (promising(limit=BELOW_50 | {"value": 5.0}), "it was 7 at "),
    "not well below its limit": (
        promising(metric(documented(), SETTLED, TRIED, 46.0), limit=BELOW_50, well=True),
        "readings was 46",
    ),
    "too late": (promising(limit=BELOW_50, within_s=0.5), "it took 1.0 s, and 0 s are allowed"),
    "a kill": (promising(inspected("worker (started 10)"), **OOM), "killed worker (started 10)"),
    "a sign-in that fails": (
        promising(
            put(documented(), check(TRIED, name=SIGN_IN, ok=False, after="settled")),
            measure="browser sign-in",
            sources=[SIGN_IN],
        ),
        f"{SIGN_IN} failed at its first try",
    ),
}
UNSEEN = {
    "nobody looked at the containers": (promising(**OOM), "it was not read"),
    "looked at before it settled": (
        promising(put(documented(), killed("resolved", VERIFIED), killed("settled", WATCHED)), **OOM),
        "it was not read",
    ),
    "started again": (promising(inspected(**{"worker/4567": 1}), **OOM), "worker/4567 ended and was started again"),
    "no such journey": (promising(measure="browser sign-in", sources=[SIGN_IN]), f"no journey {SIGN_IN} was taken"),
    "a metric without data": (promising(sources=["Error Rate"], limit=BELOW_50), "it was not measured once"),
    "no measure": (promising(measure=None), "does not say what it is measured by"),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_promise_that_is_kept_is_confirmed(name: str) -> None:
    found = judged(KEPT[name])
    assert (found.verdict, [each.kept for each in promises(told(KEPT[name])) or ()]) == (Verdict.CONFIRMED, [True])


@pytest.mark.parametrize("name", BROKEN)
def test_a_promise_that_is_not_kept_refutes(name: str) -> None:
    story, why = BROKEN[name]
    found = judged(story)
    assert found.verdict is Verdict.REFUTED
    assert why in found.reason


def test_a_metric_that_goes_back_up_does_not_fall() -> None:
    story = promising(falling(120.0, 55.0, 118.0, 60.0), falls=True)
    found = judged(story)
    assert found.verdict is Verdict.REFUTED
    assert "it went from 120 to 7, and rose by 63 at the most on the way" in found.reason


def test_a_plateau_with_small_rises_falls() -> None:
    story = promising(falling(60.3, 60.0, 60.1, 60.2, 60.25), falls=True)
    (found,) = promises(told(story)) or ()
    assert found.kept


@pytest.mark.parametrize("name", UNSEEN)
def test_a_promise_that_nothing_measured_is_unknown(name: str) -> None:
    story, why = UNSEEN[name]
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason


def test_a_promise_that_is_not_understood_is_named_and_judges_nothing() -> None:
    story = promising(measure=None, not_judged="it names nothing that can be measured")
    (found,) = promises(told(story)) or ()
    assert judged(story).verdict is Verdict.CONFIRMED
    assert (found.kept, found.judged, found.seen) == (None, False, "it names nothing that can be measured")


def test_symptom_of_another_quantity_is_compared_with_its_own_target() -> None:
    story = promising(place="symptom", sources=["Queue Depth"])
    long_queue = put(drop(story, "key metric", SETTLED), *key_metric(SETTLED, TRIED, 161.0))
    (found,) = promises(told(long_queue)) or ()
    assert found.kept is not True


def test_older_record_and_placebo_have_no_promises() -> None:
    assert promises(told(documented())) is None
    assert promises(told(promising(placebo(), limit=BELOW_50 | {"value": -1.0}))) is None
    assert judged(promising(placebo(), limit=BELOW_50 | {"value": -1.0})).verdict is Verdict.REFUTED


def test_readings_outside_the_window_do_not_count() -> None:
    story = promising(put(drop(documented(), "sample", TRIED + 1), *samples(TRIED + 1, END, AFTER + 1)), limit=BELOW_50)
    (found,) = promises(told(story)) or ()
    assert found.seen.endswith("readings was 7")
