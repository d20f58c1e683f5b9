from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.arm.limits import DETECT_SLACK_S, PHYSICAL_S, Limits, limits
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runbook_samples import SMALL, reloaded

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Runbook

SCALES = (1.0, 10.0, 30.0, 120.0)


def of(cause_id: str, time_scale: float, edition: Runbook = OWN_RUNBOOK) -> Limits:
    return limits(
        edition, edition.incident(int(cause_id.split(".", maxsplit=1)[0])), edition.cause(cause_id), time_scale
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("cause_id", [cause.id for cause in OWN_RUNBOOK.causes])
def test_thresholds_are_never_scaled(cause_id: str, scale: float) -> None:
    incident = OWN_RUNBOOK.incident(int(cause_id.split(".", maxsplit=1)[0]))
    found = of(cause_id, scale)
    assert (found.threshold, found.target) == (incident.alert.threshold, OWN_RUNBOOK.target(incident))


@pytest.mark.parametrize("scale", SCALES)
def test_alert_window_is_divided(scale: float) -> None:
    assert of("1.4", scale).pending_s == 300.0 / scale


@pytest.mark.parametrize("scale", SCALES)
def test_rate_window_and_hold_are_divided(scale: float) -> None:
    found = of("6.1", scale)
    assert found.rate_s == found.sustain_s == 120.0 / scale


@pytest.mark.parametrize("scale", SCALES)
def test_quiet_lasts_for_the_longest_window_of_the_whole_runbook(scale: float) -> None:
    assert of("6.1", scale).quiet_s == 600.0 / scale


def test_alert_without_window_is_never_pending() -> None:
    assert of("4.2", 30.0).pending_s is None


def test_alert_without_window_is_still_held_for_a_while() -> None:
    assert of("4.2", 30.0).sustain_s == 10.0


def test_detection_waits_for_both_windows_and_some_slack() -> None:
    assert of("1.4", 30.0).detect_s == 10.0 + 10.0 + DETECT_SLACK_S


def test_detection_without_window_waits_for_the_metric_alone() -> None:
    assert of("5.1", 30.0).detect_s == 10.0 + DETECT_SLACK_S


def test_real_time_leaves_the_documented_time_as_it_is() -> None:
    assert of("4.2", 1.0).recover_s == 20 * 60.0 + 300.0


def test_upper_bound_of_the_documented_time_counts() -> None:
    assert of("1.2", 1.0).recover_s == 3 * 60.0 + 300.0


def test_scaled_documented_time_is_not_below_what_is_physically_needed() -> None:
    assert of("4.2", 30.0).recover_s == PHYSICAL_S + 10.0


def test_documented_time_above_the_physical_one_is_scaled() -> None:
    assert of("4.2", 5.0).recover_s == 240.0 + 60.0


def test_documented_minute_is_not_lengthened_by_what_is_physically_needed() -> None:
    assert of("1.4", 30.0).recover_s == 60.0 + 10.0


def test_cause_without_a_documented_time_gets_the_physical_one() -> None:
    assert of("3.3", 30.0).recover_s == PHYSICAL_S + 20.0


@pytest.mark.parametrize("cause_id", [cause.id for cause in OWN_RUNBOOK.causes])
def test_no_drill_is_given_more_than_the_documented_time_at_a_higher_scale(cause_id: str) -> None:
    assert of(cause_id, 30.0).recover_s <= of(cause_id, 1.0).recover_s


def test_limits_follow_the_document(tmp_path: Path) -> None:
    later = reloaded(tmp_path, ("5-10 min", "5-11 min"))
    assert of("1.1", 1.0, later).recover_s - of("1.1", 1.0, runbook.load(SMALL)).recover_s == 60.0
