"""Does it last? A metric that is away for as long as an act takes comes back; one that is away for longer is back."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from drills.drill.durability import SLACK_S, STUCK_S, last

from drills import runbook
from drills.drill.limits import limits
from drills.drill.run import DrillStopped, Run
from drills.record.durability import durability
from drills.record.history import History
from tests.helpers.histories import documented, event, milestone, told
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOOK = runbook.load(RUNBOOK)
LIMITS = limits(BOOK, BOOK.incident(4), BOOK.cause("4.1"), 60.0)
GOOD, BAD = LIMITS.target.value / 2, LIMITS.threshold.value * 2
STEP_S = 0.5
START_S = 12.0
"""How long a small worker was seen to take until it works; the constants under test have to leave room for it."""
TEN_START_S = 28.0
"""How long ten of them take that start together."""
RATE_RPS = 8.0


class Record:
    """A record whose clock goes by steps."""

    def __init__(self) -> None:
        target = {"op": LIMITS.target.op, "value": LIMITS.target.value, "text": LIMITS.target.text}
        self.now = 0.0
        self.events = told([documented(sustain_s=LIMITS.sustain_s, target=target)[0]]).events

    def write(self, kind: str, **facts: Any) -> None:
        self.events = (*self.events, *told([event(kind, self.now, **facts)]).events)

    def milestone(self, name: str) -> None:
        self.write("milestone", name=name)


class Lasting:
    """A run after its recovery; *away* names the acts after which the metric is bad, and for how many seconds."""

    def __init__(self, away: dict[str, float], *, state: str = "firing", sent_rps: float = RATE_RPS) -> None:
        self.record = Record()
        self.limits = LIMITS
        self.alert_monitor = SimpleNamespace(state=state)
        self.incident = SimpleNamespace(alert=SimpleNamespace(quantity="queue depth"))
        self.scenario = SimpleNamespace(restart_after_recovery="worker")
        self.acts: list[str] = []
        self.traffic = SimpleNamespace(stop=lambda: None)
        profile = SimpleNamespace(rate_rps=RATE_RPS)
        self.second_traffic = SimpleNamespace(start=lambda: None, sent_rps=lambda _: sent_rps, profile=profile)
        self.fault = SimpleNamespace(reapply_load=lambda _: self.act("load"))
        self.system = SimpleNamespace(
            stack=SimpleNamespace(descriptor=SimpleNamespace(restart_line=lambda _: "docker-compose restart worker"))
        )
        self._away = away
        self._bad_until_s = 0.0

    def act(self, name: str) -> None:
        self.acts.append(name)
        self._bad_until_s = self.record.now + self._away.get(name, 0.0)

    def type_line(self, _: str, purpose: str) -> None:
        self.act(purpose)

    @contextmanager
    def phase(self, *_: object) -> Iterator[None]:
        yield

    @contextmanager
    def patience(self) -> Iterator[None]:
        with suppress(DrillStopped):
            yield

    def wait(self, read: Callable[[], object], *, at_most_s: float, **_: object) -> None:
        until_s = self.record.now + at_most_s
        while not read():
            if self.record.now >= until_s:
                raise DrillStopped("time is up")
            self.record.now += STEP_S
            self.record.write("sample", value=BAD if self.record.now < self._bad_until_s else GOOD)


def lasts(run: Lasting) -> str:
    last(cast("Run", run))
    found = durability(History(run.record.events))
    assert found
    return found.verdict


def test_metric_that_stays_at_its_target_is_cured_after_both_acts() -> None:
    run = Lasting({})
    assert lasts(run) == "cure"
    assert run.acts == ["load", "restart"]


@pytest.mark.parametrize("act", ["load", "restart"])
def test_metric_that_is_away_while_small_workers_start_is_cured(act: str) -> None:
    assert lasts(Lasting({act: START_S})) == "cure"


@pytest.mark.parametrize("act", ["load", "restart"])
def test_metric_that_stays_away_is_only_relieved(act: str) -> None:
    assert lasts(Lasting({act: 1000.0})) == "relief"


def test_nobody_waits_longer_for_a_metric_that_came_back_to_stay() -> None:
    run = Lasting({"load": 1000.0})
    lasts(run)
    assert run.record.now == pytest.approx(max(STUCK_S, LIMITS.sustain_s), abs=2 * STEP_S)
    assert run.acts == ["load"]


def test_ten_workers_that_start_together_have_time_to_catch_up_before_the_alert_is_back() -> None:
    assert lasts(Lasting({"restart": TEN_START_S}, state="inactive")) == "cure"


def test_metric_that_neither_fires_nor_comes_back_in_time_is_relieved() -> None:
    assert lasts(Lasting({"load": LIMITS.rate_s + SLACK_S + 2 * STEP_S}, state="inactive")) == "relief"


def test_target_that_is_held_without_the_load_says_nothing() -> None:
    assert lasts(Lasting({}, sent_rps=RATE_RPS / 2)) == "unknown"


@pytest.mark.parametrize(("fired_s", "verdict"), [(-1.0, "cure"), (3.0, "relief")])
def test_alert_that_fires_again_while_the_system_is_verified_is_only_relieved(fired_s: float, verdict: str) -> None:
    """The alert of the incident itself, which fired before the recovery, is no relapse; nor is what the load does."""
    run = Lasting({})
    run.record.now = 10.0
    for name, t in (("recovered", 10.0), ("firing", 10.0 + fired_s)):
        run.record.events = (*run.record.events, *told([milestone(name, t)]).events)
    run.record.now = 15.0
    assert lasts(run) == verdict


def test_alert_that_fires_under_the_load_brought_back_is_no_relapse_before_it() -> None:
    run = Lasting({"load": START_S})
    run.record.milestone("recovered")
    last(cast("Run", run))
    run.record.events = (*run.record.events, *told([milestone("firing", run.record.now)]).events)
    found = durability(History(run.record.events))
    assert found
    assert found.verdict == "cure"
