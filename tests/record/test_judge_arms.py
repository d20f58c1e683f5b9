from dataclasses import replace

import pytest

from drills.record import verdicts
from drills.record.experiment_verdict import judge_pair
from drills.record.judge import Judgement
from drills.record.placebo_watch import PlaceboWatch
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    AFTER,
    AUDITED,
    CONFIRMED,
    END,
    FIRING,
    RECOVERED,
    RESOLVED,
    Story,
    confirm,
    cut,
    documented,
    drop,
    event,
    judged,
    metric,
    placebo,
    put,
    traffic,
)

SOLVED = Judgement(Verdict.CONFIRMED, "held", ttd_s=12.0, ttr_s=3.0, action_s=2.0)


def not_taken() -> Story:
    """A fault that did not take ends the drill at its confirmation."""
    story = put(drop(cut(documented(), CONFIRMED), "confirm"), confirm(ok=False))
    return put(story, event("residue", 25.0, items=[]))


def test_placebo_that_stays_bad_refutes_doing_nothing() -> None:
    assert judged(placebo()).verdict is Verdict.REFUTED


def test_placebo_that_stays_bad_says_that_doing_nothing_did_not_help() -> None:
    assert "doing nothing did not help" in judged(placebo()).reason


def test_placebo_that_recovers_is_spontaneous() -> None:
    assert judged(metric(placebo(), RECOVERED, END, AFTER)).verdict is Verdict.SPONTANEOUS


def test_placebo_needs_no_count_of_losses() -> None:
    assert judged(drop(placebo(), "ledger")).verdict is Verdict.REFUTED


def test_placebo_without_data_is_unknown() -> None:
    assert judged(metric(placebo(), RECOVERED, END, None)).verdict is Verdict.UNKNOWN


def test_placebo_without_samples_is_unknown() -> None:
    assert judged(drop(placebo(), "sample", RECOVERED)).verdict is Verdict.UNKNOWN


def test_placebo_without_traffic_is_unknown() -> None:
    assert judged(drop(placebo(), "traffic", RECOVERED)).verdict is Verdict.UNKNOWN


def test_placebo_under_thin_traffic_is_unknown() -> None:
    story = put(drop(placebo(), "traffic", RECOVERED), *traffic(RECOVERED, AUDITED, 2.0))
    assert judged(story).verdict is Verdict.UNKNOWN


def test_placebo_that_leaves_residue_is_dirty() -> None:
    story = put(drop(placebo(), "residue"), event("residue", END, items=["an image"]))
    assert judged(story).verdict is Verdict.DIRTY


def test_placebo_under_its_target_for_less_than_a_hold_is_unknown() -> None:
    story = metric(placebo(sustain_s=12.0), RESOLVED, END, AFTER)
    assert judged(drop(story, "sample", 52.0)).verdict is Verdict.UNKNOWN


def test_metric_under_its_target_before_the_first_command_is_spontaneous() -> None:
    assert judged(metric(documented(), FIRING, ACTED, AFTER)).verdict is Verdict.SPONTANEOUS


def test_metric_bad_again_when_the_first_command_runs_is_not_spontaneous() -> None:
    assert judged(metric(documented(), FIRING, ACTED - 1, AFTER)).verdict is Verdict.CONFIRMED


def test_fault_that_did_not_take_is_invalid() -> None:
    assert judged(not_taken()).verdict is Verdict.INVALID


def test_invalid_says_what_the_second_channel_showed() -> None:
    assert "pg_stat_activity shows 6, not 50 connections of the backend" in judged(not_taken()).reason


def test_fault_that_did_not_take_in_the_placebo_is_invalid_as_well() -> None:
    story = put(drop(placebo(), "confirm"), confirm(ok=False))
    assert judged(story).verdict is Verdict.INVALID


@pytest.mark.parametrize("verdict", [Verdict.CONFIRMED, Verdict.CONFIRMED_WITH_LOSS])
def test_placebo_that_recovers_takes_the_confirmation_away(verdict: Verdict) -> None:
    control = Judgement(Verdict.SPONTANEOUS, "it came back")
    assert judge_pair(Judgement(verdict, "held"), control).verdict is Verdict.SPONTANEOUS


def test_pair_says_why_the_placebo_was_spontaneous() -> None:
    assert "it came back" in judge_pair(SOLVED, Judgement(Verdict.SPONTANEOUS, "it came back")).reason


def test_pair_keeps_the_times_of_the_documented_arm() -> None:
    experiment = judge_pair(SOLVED, Judgement(Verdict.SPONTANEOUS, "it came back", 1.0, 1.0, 1.0))
    assert (experiment.ttd_s, experiment.ttr_s, experiment.action_s) == (12.0, 3.0, 2.0)


def test_pair_with_a_placebo_that_stayed_bad_stands() -> None:
    placebo = Judgement(
        Verdict.REFUTED, "doing nothing did not help", placebo=PlaceboWatch(watched_s=60.0, documented_s=120.0)
    )
    assert judge_pair(SOLVED, placebo) is SOLVED


@pytest.mark.parametrize(
    ("watched_s", "ttr_s", "why"),
    [
        (21.0, 3.0, "the placebo was watched for only 21 s, and 60 s are needed"),
        (61.0, 20.0, "the placebo was watched for only 61 s, and 100 s are needed"),
    ],
)
def test_a_placebo_that_was_not_watched_long_enough_proves_nothing(watched_s: float, ttr_s: float, why: str) -> None:
    placebo = Judgement(
        Verdict.REFUTED, "doing nothing did not help", placebo=PlaceboWatch(watched_s=watched_s, documented_s=600.0)
    )
    found = judge_pair(replace(SOLVED, ttr_s=ttr_s), placebo)
    assert found.verdict is Verdict.UNKNOWN
    assert why in found.reason


def test_a_placebo_of_which_no_watch_is_known_proves_nothing() -> None:
    assert judge_pair(SOLVED, Judgement(Verdict.REFUTED, "doing nothing did not help")).verdict is Verdict.UNKNOWN


def test_the_watch_beside_the_original_row_is_measured_by_the_documented_one() -> None:
    placebo = Judgement(
        Verdict.REFUTED, "doing nothing did not help", placebo=PlaceboWatch(watched_s=60.0, documented_s=600.0)
    )
    slow = replace(SOLVED, ttr_s=30.0)
    assert judge_pair(slow, placebo, SOLVED.ttr_s) is slow
    assert judge_pair(slow, placebo).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("verdict", verdicts.RECOVERED)
def test_recovery_without_a_placebo_is_unproven(verdict: Verdict) -> None:
    found = judge_pair(replace(SOLVED, verdict=verdict), None)
    assert found.verdict is Verdict.UNPROVEN
    assert "hold the placebo, too" in found.reason
    assert (found.ttd_s, found.ttr_s, found.action_s) == (12.0, 3.0, 2.0)


def test_refutation_needs_no_placebo() -> None:
    found = Judgement(Verdict.REFUTED, "it stayed bad")
    assert judge_pair(found, None) is found


@pytest.mark.parametrize("verdict", [Verdict.REFUTED, Verdict.UNKNOWN, Verdict.INVALID, Verdict.DIRTY])
def test_spontaneous_placebo_hides_no_other_finding(verdict: Verdict) -> None:
    found = Judgement(verdict, "as it was")
    assert judge_pair(found, Judgement(Verdict.SPONTANEOUS, "it came back")) is found
