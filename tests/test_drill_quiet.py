"""A fault comes only when the judge has seen the moment before it; a busy machine holds up the traffic now and then."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

import runbook
from scenarios.drill.history import History
from scenarios.drill.limits import limits
from scenarios.drill.phases import quiet
from scenarios.drill.run import DrillStopped, Run
from scenarios.drill.sight import unseen_before
from tests.drill_histories import RATE_RPS, documented, event, samples, traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOOK = runbook.load()
STEP_S = 0.5
BEGAN_S = 10.0


class Quietening:
    """A run before its fault, in which no alert has fired for long and the clock goes by steps."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.limits = limits(BOOK, BOOK.incident(6), BOOK.cause("6.1"), 60.0)
        self.watch = SimpleNamespace(quiet_for_s=lambda: self.limits.quiet_s)
        self.traffic = SimpleNamespace(log="locust.log")
        self.record = SimpleNamespace(now=BEGAN_S, events=(documented()[0], *events))

    @contextmanager
    def phase(self, *_: object) -> Iterator[None]:
        yield

    def wait(self, read: Callable[[], Any], *, done: Callable[[Any], bool], at_most_s: float, **words: str) -> None:
        until = self.record.now + at_most_s
        while not done(read()):
            if self.record.now >= until:
                raise DrillStopped(words["expected"])
            self.record.now += STEP_S


def quiet_at(*events: dict[str, Any]) -> float:
    """Return when the quiet was over, in seconds of the record."""
    run = Quietening(*events)
    quiet(cast("Run", run))
    assert unseen_before(History(run.record.events), run.record.now) is None
    return float(run.record.now)


def test_a_fault_need_not_wait_where_all_was_seen() -> None:
    assert quiet_at(*samples(0.0, 60.0, 0.0), *traffic(1.0, 60.0)) == BEGAN_S


def test_a_fault_waits_until_the_traffic_that_was_held_up_flows_again() -> None:
    held_up = traffic(8.0, 12.0, achieved_rps=RATE_RPS / 2)
    assert quiet_at(*samples(0.0, 60.0, 0.0), *traffic(1.0, 7.0), *held_up, *traffic(13.0, 60.0)) > max(
        float(each["t"]) for each in held_up
    )


def test_a_fault_waits_until_the_metric_is_seen_again() -> None:
    back_s = 15.0
    assert quiet_at(*samples(0.0, 6.0, 0.0), *samples(back_s, 60.0, 0.0), *traffic(1.0, 60.0)) >= back_s


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(samples(0.0, 90.0, 0.0), id="no traffic"),
        pytest.param([*samples(0.0, 90.0, 0.0), *traffic(1.0, 90.0, RATE_RPS / 2)], id="too little traffic"),
        pytest.param(traffic(1.0, 90.0), id="no metric"),
        pytest.param([event("sample", 9.0, value=None), *traffic(1.0, 90.0)], id="a metric without a value"),
    ],
)
def test_no_fault_comes_where_the_judge_is_blind(seen: list[dict[str, Any]]) -> None:
    with pytest.raises(DrillStopped, match="to be seen"):
        quiet_at(*seen)
