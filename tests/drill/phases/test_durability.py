"""A recovery lasts when the metric is off its target only while the load is reapplied or the service restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.phases.durability import LONGER, SLACK_S, STUCK_S, WORK_OFF
from drills.record.durability import unexpected_lasting
from drills.record.history import History
from tests.helpers.recovered import LIMITS, START_S, TEN_START_S, Recovered
from tests.helpers.runs import RATE_RPS, STEP_S

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.verdicts import Lasting


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


SHOWED_S = 40.0
"""A fault that took so long to show the first time, such as a leak."""
NEEDED_S = LONGER * SHOWED_S


def test_metric_is_watched_for_longer_than_the_fault_took_to_show(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {}, showed_s=SHOWED_S)
    assert recovered.lasts() == "cure"
    for stage in recovered.stages():
        assert stage.needed_s == NEEDED_S
        assert stage.watched_s
        assert stage.watched_s >= NEEDED_S


@pytest.mark.parametrize("act", ["load", "restart"])
def test_incident_that_is_back_only_after_as_long_as_it_took_to_show_is_no_cure(act: str, tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {}, showed_s=SHOWED_S)
    recovered.acts.later[act] = SHOWED_S
    assert recovered.lasts() == "relief"


def test_target_that_is_held_for_a_part_of_the_time_says_nothing(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {"load": SLACK_S}, showed_s=SHOWED_S, state="inactive")
    recovered.acts.blips["load"] = SLACK_S + NEEDED_S / 2
    assert recovered.lasts() == "unknown"
    assert "too short to say" in recovered.stages()[0].seen


def test_recovery_is_judged_once_what_the_load_queued_is_worked_off(tmp_path: Path) -> None:
    queued_s = SLACK_S / 2
    recovered = Recovered(tmp_path, {}, showed_s=SHOWED_S, queued_s=queued_s)
    assert recovered.lasts() == "cure"
    assert recovered.stages()[0].t >= queued_s + NEEDED_S


def test_load_that_is_never_worked_off_is_only_relieved(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {}, queued_s=1000.0)
    assert recovered.lasts() == "relief"
    assert [stage.seen for stage in recovered.stages()] == ["what it queued was not worked off within 25 s"]


@pytest.mark.parametrize(("showed_s", "recovered_s"), [(0.0, 50.0), (SHOWED_S, 10.0)], ids=["recovery", "fault"])
def test_load_may_take_as_long_as_the_recovery_or_the_fault_twice_over(
    showed_s: float, recovered_s: float, tmp_path: Path
) -> None:
    recovered = Recovered(tmp_path, {}, queued_s=SLACK_S + WORK_OFF * SHOWED_S - STEP_S, showed_s=showed_s)
    recovered.record.milestone("acted", t=10.0)
    recovered.record.milestone("recovered", t=recovered_s)
    assert recovered.lasts() == "cure"


def test_fault_that_cannot_be_repeated_is_not_tried_and_says_why(tmp_path: Path) -> None:
    recovered = Recovered(tmp_path, {}, not_repeatable="a person did it")
    assert recovered.lasts() == "unknown"
    load, restart = recovered.stages()
    assert (load.held, load.seen, load.watched_s) == (None, "not tried: a person did it", 0.0)
    assert restart.held
    assert recovered.acts.seen == ["restart"]


@pytest.mark.parametrize(
    ("away", "lasting", "why"),
    [
        ({}, "cure", None),
        ({}, "relief", "expected a relief, saw cure"),
        ({"load": 1000.0}, "cure", "expected a cure, saw relief"),
        ({"load": 1000.0}, "relief", None),
        ({}, None, None),
    ],
)
def test_lasting_has_to_be_the_expected_one_in_both_directions(
    away: dict[str, float], lasting: Lasting | None, why: str | None, tmp_path: Path
) -> None:
    recovered = Recovered(tmp_path, away, lasting=lasting)
    recovered.lasts()
    found = unexpected_lasting(History(recovered.record.events))
    assert (found is None) if why is None else bool(found and found.startswith(why))
