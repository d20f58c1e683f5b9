"""A recovery lasts when the metric is off its target only while the load is reapplied or the service restarts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from drills.drill import recovery
from drills.drill.limits import limits
from drills.drill.recovery import SLACK_S, STUCK_S
from drills.record.durability import durability
from drills.record.history import History
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import (
    RATE_RPS,
    STEP_S,
    TIME_SCALE,
    QuietFault,
    SilentTraffic,
    SteppedRecorder,
    SteppedRun,
    TypedStack,
    a_run,
    a_scenario,
    stepped,
)

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.system import System
    from drills.sandbox.terminal import Ran

LIMITS = limits(OWN_RUNBOOK, OWN_RUNBOOK.incident(4), OWN_RUNBOOK.cause("4.1"), TIME_SCALE)
GOOD, BAD = LIMITS.target.value / 2, LIMITS.threshold.value * 2
START_S = 12.0
"""Seconds that a small worker was measured to need until it works; the limits under test have to be longer."""
TEN_START_S = 28.0
"""Seconds that ten of them need when they start together."""


@dataclass
class Acts:
    """The acts of the phase; *away* names those after which the metric is bad, and for how many seconds."""

    record: SteppedRecorder
    away: dict[str, float]
    seen: list[str] = field(default_factory=list)

    def act(self, name: str) -> None:
        self.seen.append(name)
        self.record.bad_until_s = self.record.now + self.away.get(name, 0.0)


class Reapplied(QuietFault):
    def __init__(self, acts: Acts) -> None:
        super().__init__()
        self._acts = acts

    def reapply_load(self, system: System) -> None:  # noqa: ARG002
        self._acts.act("load")


class Restarted(TypedStack):
    def __init__(self, folder: Path, acts: Acts) -> None:
        super().__init__(folder, {})
        self._acts = acts

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        assert line == self.descriptor.restart_line("worker")
        self._acts.act("restart")
        return super().run(line, stdin=stdin, limit_s=limit_s)


@dataclass
class Recovered:
    """A run after its recovery."""

    folder: Path
    away: dict[str, float]
    state: str = "firing"
    sent_rps: float = RATE_RPS

    def __post_init__(self) -> None:
        self.record = SteppedRecorder(self.folder / "stepped", GOOD, BAD)
        self.acts = Acts(self.record, self.away)
        scenario = a_scenario(Reapplied(self.acts), "4.1", restart_after_recovery="worker")
        run = a_run(self.folder, scenario, stack=Restarted(self.folder, self.acts))
        run.alert_monitor.state = self.state
        self.run: SteppedRun = stepped(run, self.record, second_traffic=SilentTraffic(self.folder, self.sent_rps))

    def verdict(self) -> str:
        found = durability(History(self.record.events))
        assert found
        return found.verdict

    def lasts(self) -> str:
        recovery.durability(self.run)
        return self.verdict()


def test_metric_that_stays_at_its_target_is_cured_after_both_acts(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {})
    assert recovered.lasts() == "cure"
    assert recovered.acts.seen == ["load", "restart"]


@pytest.mark.parametrize("act", ["load", "restart"])
def test_metric_that_is_away_while_small_workers_start_is_cured(act: str, tmp_path: Path) -> None:
    assert Recovered(tmp_path, {act: START_S}).lasts() == "cure"


@pytest.mark.parametrize("act", ["load", "restart"])
def test_metric_that_stays_away_is_only_relieved(act: str, tmp_path: Path) -> None:
    assert Recovered(tmp_path, {act: 1000.0}).lasts() == "relief"


def test_a_metric_that_came_back_to_stay_is_not_waited_for_any_longer(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {"load": 1000.0})
    recovered.lasts()
    assert recovered.record.now == pytest.approx(max(STUCK_S, LIMITS.sustain_s), abs=2 * STEP_S)
    assert recovered.acts.seen == ["load"]


def test_ten_workers_that_start_together_have_time_to_catch_up_before_the_alert_is_back(tmp_path: Path) -> None:
    assert Recovered(tmp_path, {"restart": TEN_START_S}, state="inactive").lasts() == "cure"


def test_metric_that_neither_fires_nor_comes_back_in_time_is_relieved(tmp_path: Path) -> None:
    away = {"load": LIMITS.rate_s + SLACK_S + 2 * STEP_S}
    assert Recovered(tmp_path, away, state="inactive").lasts() == "relief"


def test_target_that_is_held_without_the_load_says_nothing(tmp_path: Path) -> None:
    assert Recovered(tmp_path, {}, sent_rps=RATE_RPS / 2).lasts() == "unknown"


@pytest.mark.parametrize(("fired_s", "verdict"), [(-1.0, "cure"), (3.0, "relief")])
def test_alert_that_fires_again_while_the_system_is_verified_is_only_relieved(
    fired_s: float, verdict: str, tmp_path: Path
) -> None:
    """The incident's own alert, which fired before the recovery, is no relapse; nor is an alert of the load."""
    recovered = Recovered(tmp_path, {})
    recovered.record.milestone("recovered", t=10.0)
    recovered.record.milestone("firing", t=10.0 + fired_s)
    recovered.record.at = 15.0
    assert recovered.lasts() == verdict


def test_alert_that_fires_under_the_load_brought_back_is_no_relapse_before_it(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {"load": START_S})
    recovered.record.milestone("recovered")
    recovered.lasts()
    recovered.record.milestone("firing")
    assert recovered.verdict() == "cure"
