from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    AT_LIMIT,
    END,
    FIRING,
    INJECTED,
    RECOVERED,
    RESOLVED,
    VERIFIED,
    Story,
    check,
    command,
    documented,
    drop,
    event,
    judged,
    metric,
    milestone,
    put,
)


def never_recovered() -> Story:
    return metric(documented(), RECOVERED, END, AT_LIMIT)


def never_fired() -> Story:
    """Without the alert no command is typed: the drill stops in the phase detect, and the teardown follows."""
    story = documented()
    for kind in ("alert", "command", "check", "ledger"):
        story = drop(story, kind)
    for name in ("firing", "acted", "resolved", "recovered", "watched"):
        story = drop(story, "milestone", name=name)
    story = metric(story, INJECTED, END, AT_LIMIT - 1)
    ended = event("phase", 52.0, name="detect", event="end", ok=False, note="not firing")
    return put(story, ended)


def test_metric_that_stays_bad_refutes() -> None:
    assert judged(never_recovered()).verdict is Verdict.REFUTED


def test_refutation_says_what_the_metric_was_at_the_end() -> None:
    assert "it was 50 connections at the end" in judged(never_recovered()).reason


def test_metric_that_never_recovered_has_no_time_to_recover() -> None:
    assert judged(never_recovered()).ttr_s is None


def test_metric_under_the_alert_but_not_under_the_target_refutes() -> None:
    story = documented(target={"op": "<", "value": 5.0, "text": "< 5 connections"})
    assert judged(metric(story, RECOVERED, END, 20.0)).verdict is Verdict.REFUTED


def test_metric_at_the_target_is_not_under_it() -> None:
    assert judged(metric(documented(), RECOVERED, END, 50.0)).verdict is Verdict.REFUTED


def allowed(seconds: float) -> Story:
    """Tell of the recovery 3 s after the first command, where the document and one hold allow *seconds*."""
    return documented(sustain_s=1.0, documented_minutes=[0.0, (seconds - 1.0) / 60], recover_s=seconds)


def test_recovery_after_the_documented_time_refutes() -> None:
    assert judged(allowed(2.0)).verdict is Verdict.REFUTED


def test_recovery_within_the_documented_time_counts() -> None:
    assert judged(allowed(3.5)).verdict is Verdict.CONFIRMED


def test_refutation_says_how_late_the_recovery_was() -> None:
    assert "1 s too late" in judged(allowed(2.0)).reason


def test_documented_command_that_fails_refutes() -> None:
    story = put(documented(), command("resolve", RESOLVED, text="./scripts/rollback.sh", exit=3, line=77))
    assert judged(story).verdict is Verdict.REFUTED


def test_failed_command_is_named_with_its_line_and_exit_code() -> None:
    story = put(documented(), command("resolve", RESOLVED, text="./scripts/rollback.sh", exit=3, line=77))
    assert judged(story).reason == "`./scripts/rollback.sh` (line 77) failed with exit 3"


def test_failed_verification_command_refutes() -> None:
    assert judged(put(documented(), command("verify", VERIFIED, exit=22))).verdict is Verdict.REFUTED


def test_check_that_fails_after_the_recovery_refutes() -> None:
    story = put(documented(), check(VERIFIED, name="object store", ok=False, seen="503"))
    assert judged(story).verdict is Verdict.REFUTED


def test_failed_check_is_named_with_what_it_saw() -> None:
    story = put(documented(), check(VERIFIED, name="object store", ok=False, seen="503"))
    assert "object store: 503" in judged(story).reason


def test_check_that_failed_during_the_incident_does_not_count() -> None:
    story = put(documented(), check(FIRING, ok=False, seen="503", after="detect"))
    assert judged(story).verdict is Verdict.CONFIRMED


def test_alert_that_never_fired_on_a_confirmed_fault_refutes() -> None:
    assert judged(never_fired()).verdict is Verdict.REFUTED


def test_alert_that_did_not_fire_is_named() -> None:
    assert "DatabaseConnectionPoolExhausted did not fire" in judged(never_fired()).reason


def test_metric_under_its_target_only_until_a_relapse_refutes() -> None:
    story = metric(documented(), 46.0, END, AT_LIMIT)
    assert judged(story).verdict is Verdict.REFUTED


def test_sample_over_the_target_in_the_hold_breaks_it() -> None:
    story = metric(documented(), 46.0, 46.0, AT_LIMIT)
    story = drop(story, "sample", 52.5, END)
    assert judged(story).verdict is not Verdict.CONFIRMED


def test_recovery_before_the_commands_ended_counts_from_their_end() -> None:
    story = metric(documented(), 39.0, END, 7.0)
    assert judged(put(story, milestone("recovered", 39.0))).ttr_s == 2.0
