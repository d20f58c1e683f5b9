import pytest

from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    FIRING,
    RATE_RPS,
    RECOVERED,
    command,
    documented,
    drop,
    event,
    judged,
    ledger,
    milestone,
    put,
    samples,
    traffic,
    transition,
)
from tests.helpers.losses import KINDS


def test_documented_recovery_without_loss_is_confirmed() -> None:
    assert judged(documented()).verdict is Verdict.CONFIRMED


def test_reason_names_the_target() -> None:
    assert "< 50 connections" in judged(documented()).reason


def test_time_to_detect_runs_from_the_injection_to_the_firing() -> None:
    assert judged(documented()).ttd_s == 12.0


def test_time_to_recover_runs_from_the_first_command_to_the_begin_of_the_hold() -> None:
    assert judged(documented()).ttr_s == RECOVERED - ACTED


def test_action_time_is_that_of_the_documented_commands() -> None:
    assert judged(documented()).action_s == 2.0


@pytest.mark.parametrize("kind", ["jobs", "duplicates", "sessions", "rows"])
def test_costly_loss_takes_away_the_silence_of_a_confirmation(kind: str) -> None:
    found = judged(put(drop(documented(), "ledger"), ledger(**{kind: 3})))
    assert found.verdict is Verdict.CONFIRMED_WITH_LOSS


@pytest.mark.parametrize("kind", ["jobs", "duplicates", "sessions", "rows"])
def test_loss_is_named_in_numbers(kind: str) -> None:
    assert f"3 {KINDS[kind]}" in judged(put(drop(documented(), "ledger"), ledger(**{kind: 3}))).reason


def test_failed_requests_are_the_incident_and_no_loss() -> None:
    found = judged(put(drop(documented(), "ledger"), ledger(requests_failed=512)))
    assert found.verdict is Verdict.CONFIRMED


def test_alert_without_a_documented_window_may_fire_at_once() -> None:
    story = drop(documented(window_s=None), "alert", 0.0, FIRING)
    story = put(story, transition(FIRING, "inactive", "firing"))
    assert judged(story).verdict is Verdict.CONFIRMED


def test_fault_seen_at_the_second_look_is_enough() -> None:
    story = put(documented(), event("confirm", 20.5, ok=False, channel="c", expected="50", seen="49"))
    assert judged(story).verdict is Verdict.CONFIRMED


def test_metric_that_relapses_once_recovers_only_afterwards() -> None:
    story = put(drop(documented(), "sample", 42.0, 42.0), *samples(42.0, 42.5, 50.0))
    story = put(drop(story, "milestone", name="watched"), event("milestone", 53.0, name="watched"))
    assert judged(story).ttr_s == 42.5 - ACTED


def test_failed_investigation_command_says_nothing_about_the_solution() -> None:
    failed = command("diagnose", 33.0, when="abnormal", line=9, text="curl x", exit=7)
    assert judged(put(documented(), failed)).verdict is Verdict.CONFIRMED


def test_residue_makes_the_drill_dirty() -> None:
    story = put(drop(documented(), "residue"), event("residue", 56.0, items=["`docker ps` printed 'x'"]))
    assert judged(story).verdict is Verdict.DIRTY


def test_residue_is_named() -> None:
    story = put(drop(documented(), "residue"), event("residue", 56.0, items=["`docker ps` printed 'x'"]))
    assert "`docker ps` printed 'x'" in judged(story).reason


def test_residue_weighs_more_than_loss() -> None:
    story = put(drop(documented(), "residue", 0.0), event("residue", 56.0, items=["an image"]))
    assert judged(put(drop(story, "ledger"), ledger(jobs=1))).verdict is Verdict.DIRTY


def test_a_hold_under_too_little_traffic_is_followed_by_one_under_enough() -> None:
    enough_s = RECOVERED + 3
    held_up = traffic(RECOVERED - 1, enough_s, RATE_RPS / 2)
    story = put(drop(documented(sustain_s=2.0), "traffic", RECOVERED - 1, enough_s), *held_up)
    story = put(drop(story, "milestone", name="recovered"), milestone("recovered", RECOVERED + 4))
    found = judged(story)
    assert found.verdict is Verdict.CONFIRMED
    assert (found.ttr_s or 0.0) + ACTED > RECOVERED + 1
