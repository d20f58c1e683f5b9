"""A busy machine holds up traffic now and then: a fault waits until the judge sees, and so does the watching's end."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from drills import runbook
from drills.drill.limits import limits
from drills.drill.phases import quiet
from drills.drill.recovery import UNSEEN_S, recover
from drills.drill.run import DrillStopped, Run
from drills.record.events import Milestone
from drills.record.history import History
from drills.record.signal_quality import blind_reason, unseen_before
from tests.helpers.histories import AFTER, AT_LIMIT, RATE_RPS, documented, event, milestone, samples, told, traffic
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.record.events import AnyEvent, MilestoneName

BOOK = runbook.load(RUNBOOK)
STEP_S = 0.5
BEGAN_S = 10.0
WATCH_S = 10.0
HOLD_S = 2.0
LONG_S = 90.0


class Record:
    """A record of what will have happened by then; its clock goes by steps."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.now = BEGAN_S
        self._events = told(events).events

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        return tuple(each for each in self._events if each.t <= self.now)

    def milestone(self, name: MilestoneName, t: float | None = None) -> None:
        self._events = (*self._events, Milestone(t=self.now if t is None else t, name=name))


class Watching:
    """A run whose alerts have been quiet for long, and whose last command has just been typed."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.limits = limits(BOOK, BOOK.incident(6), BOOK.cause("6.1"), 60.0)
        self.alert_monitor = SimpleNamespace(quiet_for_s=lambda: self.limits.quiet_s)
        self.traffic = SimpleNamespace(log="locust.log")
        self.fault = SimpleNamespace(background_threads=tuple)
        head = {**documented()[0], "sustain_s": HOLD_S}
        self.record = Record(head, milestone("resolved", BEGAN_S), *events)

    @contextmanager
    def phase(self, *_: object) -> Iterator[None]:
        yield

    @contextmanager
    def patience(self, _: str | None = None) -> Iterator[None]:
        with suppress(DrillStopped):
            yield

    def wait(
        self, read: Callable[[], Any], *, at_most_s: float, done: Callable[[Any], bool] = bool, **words: str
    ) -> None:
        until = self.record.now + at_most_s
        while not done(read()):
            if self.record.now >= until:
                raise DrillStopped(words["expected"])
            self.record.now += STEP_S


def quiet_at(*events: dict[str, Any]) -> float:
    """Return when the quiet was over, in seconds of the record."""
    run = Watching(*events)
    quiet(cast("Run", run))
    assert unseen_before(History(run.record.events), run.record.now) is None
    return run.record.now


def watched_at(*events: dict[str, Any]) -> tuple[float, str | None]:
    """Return when the watching ended, and why its end was not seen."""
    run = Watching(*events)
    recover(cast("Run", run), WATCH_S)
    now = run.record.now
    return now, blind_reason(History(run.record.events), now - HOLD_S, now)


def test_a_fault_need_not_wait_where_all_was_seen() -> None:
    assert quiet_at(*samples(0.0, LONG_S, 0.0), *traffic(1.0, LONG_S)) == BEGAN_S


def test_a_fault_waits_until_the_traffic_that_was_held_up_flows_again() -> None:
    held_up_s = 12.0
    held_up = traffic(8.0, held_up_s, achieved_rps=RATE_RPS / 2)
    assert quiet_at(*samples(0.0, LONG_S, 0.0), *traffic(1.0, 7.0), *held_up, *traffic(13.0, LONG_S)) > held_up_s


def test_a_fault_waits_until_the_metric_is_seen_again() -> None:
    back_s = 15.0
    seen = (*samples(0.0, 6.0, 0.0), *samples(back_s, LONG_S, 0.0))
    assert quiet_at(*seen, *traffic(1.0, LONG_S)) >= back_s


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(samples(0.0, LONG_S, 0.0), id="no traffic"),
        pytest.param([*samples(0.0, LONG_S, 0.0), *traffic(1.0, LONG_S, RATE_RPS / 2)], id="too little traffic"),
        pytest.param(traffic(1.0, LONG_S), id="no metric"),
        pytest.param([event("sample", 9.0, value=None), *traffic(1.0, LONG_S)], id="a metric without a value"),
    ],
)
def test_no_fault_comes_where_the_judge_is_blind(seen: list[dict[str, Any]]) -> None:
    with pytest.raises(DrillStopped, match="to be seen"):
        quiet_at(*seen)


def test_the_watching_ends_in_time_where_its_end_was_seen() -> None:
    assert watched_at(*samples(0.0, LONG_S, AT_LIMIT), *traffic(1.0, LONG_S)) == (BEGAN_S + WATCH_S, None)


def test_the_watching_goes_on_until_the_traffic_that_was_held_up_flows_again() -> None:
    held_up = traffic(18.0, 21.0, achieved_rps=RATE_RPS / 2)
    now, why = watched_at(*samples(0.0, LONG_S, AT_LIMIT), *traffic(1.0, 17.0), *held_up, *traffic(22.0, LONG_S))
    assert BEGAN_S + WATCH_S < now < BEGAN_S + WATCH_S + UNSEEN_S
    assert why is None


def test_the_watching_does_not_go_on_for_ever() -> None:
    now, why = watched_at(*samples(0.0, LONG_S, AT_LIMIT))
    assert now == BEGAN_S + WATCH_S + UNSEEN_S
    assert why


def test_a_recovery_under_too_little_traffic_is_waited_for_again() -> None:
    thin = traffic(8.0, 14.0, achieved_rps=RATE_RPS / 2)
    now, _ = watched_at(*samples(0.0, LONG_S, AFTER), *traffic(1.0, 7.0), *thin, *traffic(15.0, LONG_S))
    assert 15.0 < now < BEGAN_S + WATCH_S
