import pytest

from drills.record.signal_quality import BLIND_S
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    AUDITED,
    END,
    INJECTED,
    PENDING,
    RECOVERED,
    RESOLVED,
    VERIFIED,
    Story,
    cut,
    documented,
    drop,
    event,
    judged,
    ledger,
    metric,
    put,
    traffic,
)
from tests.helpers.losses import KINDS, ends, losses


def stopped(at_s: float, why: str) -> Story:
    """Tell of a drill that stopped by itself, and of the clean-up that follows every stop."""
    error = event("error", at_s, phase="lifecycle", text=why)
    return put(cut(documented(), at_s), error, event("residue", at_s + 4, items=[]))


def test_prometheus_stopped_while_the_recovery_is_verified() -> None:
    assert judged(metric(documented(), RESOLVED, END, None)).verdict is Verdict.UNKNOWN


def test_blindness_says_since_when_and_how_long() -> None:
    assert "no data of the metric for 10.0 s from 41.5 s on" in judged(metric(documented(), RESOLVED, END, None)).reason


def test_no_samples_at_all() -> None:
    assert judged(drop(documented(), "sample")).verdict is Verdict.UNKNOWN


def test_gap_within_the_hold_is_no_recovery() -> None:
    assert judged(drop(documented(), "sample", 44.0, 47.0)).verdict is Verdict.UNKNOWN


def test_short_gap_within_the_hold_is_tolerated() -> None:
    assert judged(drop(documented(), "sample", 44.0, 46.0)).verdict is Verdict.CONFIRMED


def test_one_null_within_the_hold_is_no_recovery() -> None:
    story = metric(documented(), 46.0, 46.0, None)
    assert judged(drop(story, "sample", 52.0, END)).verdict is not Verdict.CONFIRMED


def test_too_little_traffic_in_the_hold() -> None:
    story = put(drop(documented(), "traffic", RECOVERED), *traffic(RECOVERED, VERIFIED, 15.0))
    assert judged(story).verdict is Verdict.UNKNOWN


def test_thin_traffic_is_told_in_numbers() -> None:
    story = put(drop(documented(), "traffic", RECOVERED), *traffic(RECOVERED, VERIFIED, 15.0))
    assert "15.0 of 20.0 requests a second" in judged(story).reason


def test_four_fifths_of_the_intended_traffic_are_enough() -> None:
    story = put(drop(documented(), "traffic", RECOVERED), *traffic(RECOVERED, END, 16.0))
    assert judged(story).verdict is Verdict.CONFIRMED


def test_no_traffic_counted_in_the_hold() -> None:
    assert judged(drop(documented(), "traffic", RECOVERED)).verdict is Verdict.UNKNOWN


def test_no_traffic_counted_at_all() -> None:
    assert judged(drop(documented(), "traffic")).verdict is Verdict.UNKNOWN


def test_traffic_that_was_never_intended_is_not_enough() -> None:
    rate = {"intended_rps": 0.0, "achieved_rps": 0.0, "failed_rps": 0.0}
    silent = [event("traffic", float(t), **rate) for t in range(1, 52)]
    assert judged(put(drop(documented(), "traffic"), *silent)).verdict is Verdict.UNKNOWN


def test_a_metric_unseen_in_the_last_moment_before_the_fault_is_no_steady_state() -> None:
    found = judged(drop(documented(), "sample", INJECTED - BLIND_S, INJECTED))
    assert found.verdict is Verdict.UNKNOWN
    assert "the steady state was not seen" in found.reason


def test_no_traffic_in_the_steady_state_stops_the_drill() -> None:
    story = drop(stopped(INJECTED - 1, "expected traffic of at least 16 requests a second, saw False"), "traffic")
    assert judged(story).verdict is Verdict.UNKNOWN


def test_drill_stopped_before_its_fault_says_why() -> None:
    found = judged(stopped(INJECTED - 1, "the front page is down"))
    assert found.reason == "no fault was injected: lifecycle: the front page is down"


def test_inject_that_failed_is_not_taken_for_a_fault() -> None:
    assert judged(stopped(INJECTED + 0.5, "deploy.sh failed")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("at_s", [0.0, 10.0, 20.5, 33.0, 39.0, 53.0, 55.0])
def test_record_cut_off_is_never_confirmed_nor_refuted(at_s: float) -> None:
    assert judged(cut(documented(), at_s)).verdict is Verdict.UNKNOWN


def test_record_cut_off_in_the_hold_is_blind() -> None:
    assert judged(drop(cut(documented(), 45.0), "sample", 41.5)).verdict is Verdict.UNKNOWN


def test_confirmation_without_a_loss_audit_is_unknown() -> None:
    assert judged(drop(documented(), "ledger")).verdict is Verdict.UNKNOWN


def test_failed_audit_says_why() -> None:
    story = put(drop(documented(), "ledger"), event("error", 54.0, phase="lifecycle", text="Postgres did not answer"))
    assert "Postgres did not answer" in judged(story).reason


@pytest.mark.parametrize("kind", ["jobs", "duplicates", "sessions", "rows"])
def test_ledger_that_could_not_count_is_no_zero(kind: str) -> None:
    found = judged(put(drop(documented(), "ledger"), ledger(**{kind: None})))
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, f"the ledger could not count {KINDS[kind]}")


def test_ledger_without_a_count_is_no_zero() -> None:
    nothing = event("ledger", AUDITED, losses=losses(jobs=None, duplicates=None, sessions=None, rows=None), ends=ends())
    assert judged(put(drop(documented(), "ledger"), nothing)).verdict is Verdict.UNKNOWN


def test_confirmation_without_a_look_for_residue_is_unknown() -> None:
    assert judged(drop(documented(), "residue")).verdict is Verdict.UNKNOWN


def test_confirmation_without_checks_after_the_recovery_is_unknown() -> None:
    assert judged(drop(documented(), "check")).verdict is Verdict.UNKNOWN


def test_checks_of_the_steady_state_do_not_count_as_those_after_the_recovery() -> None:
    story = drop(documented(), "check")
    before = event("check", 5.0, name="front page", ok=True, seen="200", after="steady")
    assert judged(put(story, before)).verdict is Verdict.UNKNOWN


def test_alert_that_fired_without_pending_does_not_fit_its_documented_window() -> None:
    assert judged(drop(documented(), "alert", to="pending")).verdict is Verdict.UNKNOWN


def test_firing_without_any_recorded_transition_does_not_fit_either() -> None:
    assert judged(drop(documented(), "alert")).verdict is Verdict.UNKNOWN


def test_alert_pending_only_after_it_fired_was_not_pending_first() -> None:
    story = drop(documented(), "alert", PENDING, PENDING)
    late = event("alert", 45.0, **{"from": "inactive", "to": "pending"})
    assert judged(put(story, late)).verdict is Verdict.UNKNOWN


def test_silent_alert_says_nothing_to_a_blind_judge() -> None:
    story = drop(drop(documented(), "alert"), "milestone", name="firing")
    story = drop(drop(story, "milestone", ACTED), "sample", INJECTED)
    assert judged(story).verdict is Verdict.UNKNOWN


def test_fault_that_was_not_confirmed_is_unknown() -> None:
    assert judged(drop(documented(), "confirm")).verdict is Verdict.UNKNOWN


def test_blind_judge_gives_no_time_to_recover() -> None:
    assert judged(drop(documented(), "sample", RECOVERED)).ttr_s is None
