"""A verdict that depends on time is UNKNOWN, and names the noise, where other processes kept the machine busy."""

from __future__ import annotations

import pytest

from drills.record.noise import BUSY
from drills.record.verdicts import Verdict
from tests.helpers.heads import of_today
from tests.helpers.histories import (
    ACTED,
    AT_LIMIT,
    AUDITED,
    CONFIRMED,
    END,
    FIRING,
    INJECTED,
    RECOVERED,
    RESOLVED,
    TRIED,
    VERIFIED,
    WATCHED,
    Event,
    Story,
    check,
    command,
    cut,
    documented,
    drop,
    event,
    judged,
    ledger,
    metric,
    other_alert,
    placebo,
    put,
)

CORES = 2
MOST = BUSY * CORES


def beside(story: Story, others: float, *, start_s: float = INJECTED) -> Story:
    times = range(int(start_s) + 1, int(END), 5)
    return put(of_today(story), *(event("machine", float(t), cores=CORES, others=others, seconds=5.0) for t in times))


def never_recovered() -> Story:
    return metric(documented(), RECOVERED, END, AT_LIMIT)


def test_metric_that_stays_bad_on_a_busy_machine_is_unknown_and_names_the_noise() -> None:
    found = judged(beside(never_recovered(), 1.5))
    assert found.verdict is Verdict.UNKNOWN
    assert "the machine was busy: other processes took 1.5 of its 2 processors" in found.reason
    assert "it was 50 connections at the end" in found.reason


@pytest.mark.parametrize("others", [0.0, MOST])
def test_a_little_noise_excuses_nothing(others: float) -> None:
    assert judged(beside(never_recovered(), others)).verdict is Verdict.REFUTED


def test_noise_before_the_fault_excuses_nothing() -> None:
    story = put(beside(never_recovered(), 0.0), event("machine", 1.0, cores=CORES, others=2.0, seconds=5.0))
    assert judged(story).verdict is Verdict.REFUTED


def test_noise_takes_nothing_from_what_was_proved() -> None:
    assert judged(beside(documented(), 2.0)).verdict is Verdict.CONFIRMED
    assert judged(beside(placebo(), 2.0)).verdict is Verdict.REFUTED


def test_placebo_that_recovers_on_a_busy_machine_is_unknown() -> None:
    assert judged(beside(metric(placebo(), RECOVERED, END, 0.0), 2.0)).verdict is Verdict.UNKNOWN


def error(t: float, phase: str = "lifecycle") -> Event:
    return event("error", t, phase=phase, text="expected it within 45 s")


def phase(name: str, t: float, *, ok: bool | None = False) -> Event:
    return event("phase", t, name=name, event="begin" if ok is None else "end", ok=ok, note=None)


DETECTED_LATE = put(drop(drop(cut(documented(), ACTED - 1.0), "alert"), "milestone", name="firing"), error(ACTED - 1.0))
DEPENDS_ON_TIME: dict[str, Story] = {
    "no steady state in time": put(cut(documented(), INJECTED - 1.0), phase("steady", 2.0, ok=None), error(19.0)),
    "no alert in time": put(DETECTED_LATE, phase("detect", CONFIRMED, ok=None), phase("detect", ACTED - 1.0)),
    "stopped before the first command": put(
        cut(documented(), ACTED - 0.5), phase("diagnose", FIRING, ok=None), error(ACTED - 0.5)
    ),
    "stopped while the solution ran": put(cut(documented(), RESOLVED - 0.5), phase("steady", 2.0, ok=None)),
    "a command without an end": put(documented(), command("verify", VERIFIED, exit=124)),
    "a check that failed": put(documented(), check(VERIFIED + 0.1, ok=False, seen="no answer within 5 s")),
    "no check in time": drop(documented(), "check", after="recover"),
    "an audit without an end": put(
        drop(documented(), "ledger"), phase("audit", AUDITED, ok=None), phase("audit", AUDITED + 1.0)
    ),
    "a ledger that is missing": drop(documented(), "ledger"),
    "a journey that failed": put(drop(documented(), "check", name="journey"), check(TRIED, ok=False, after="settled")),
}


@pytest.mark.parametrize("name", DEPENDS_ON_TIME)
def test_what_came_too_late_on_a_busy_machine_is_unknown_and_names_the_noise(name: str) -> None:
    quiet, busy = (judged(beside(DEPENDS_ON_TIME[name], others, start_s=0.0)) for others in (0.0, 2.0))
    assert quiet.verdict in (Verdict.UNKNOWN, Verdict.REFUTED)
    assert "the machine was busy" not in quiet.reason
    assert busy.verdict is Verdict.UNKNOWN
    assert busy.reason.startswith(f"{quiet.reason}; the machine was busy")


def test_symptom_that_did_not_show_in_time_on_a_busy_machine_names_the_noise() -> None:
    unproved = drop(beside(documented(), 2.0), "command", purpose="diagnose", when="abnormal")
    assert "the machine was busy" in judged(unproved).reason


def test_losses_without_an_end_on_a_busy_machine_are_unknown() -> None:
    lost = ledger(jobs=2)
    late = put(drop(documented(), "ledger"), lost | {"unfinished": ["7", "8"]})
    assert judged(beside(put(drop(documented(), "ledger"), lost), 2.0)).verdict is Verdict.CONFIRMED_WITH_LOSS
    assert judged(beside(late, 0.0)).verdict is Verdict.CONFIRMED_WITH_LOSS
    assert judged(beside(late, 2.0)).verdict is Verdict.UNKNOWN


def test_machine_that_is_busy_only_after_the_watching_refutes_no_settling() -> None:
    failing = put(documented(), other_alert("Other", WATCHED + 1.0, "inactive", "firing"))
    assert judged(beside(failing, 0.0)).verdict is Verdict.REFUTED
    assert judged(beside(failing, 2.0, start_s=WATCHED)).verdict is Verdict.UNKNOWN
    assert judged(beside(never_recovered(), 2.0, start_s=WATCHED + 5.0)).verdict is Verdict.REFUTED


def test_kill_and_residue_and_rules_are_no_matter_of_noise() -> None:
    story = beside(documented(), 2.0)
    promise = {"text": "no kills", "line": 9, "place": "symptom", "measure": "out of memory"}
    looks: tuple[tuple[str, float, list[str]], ...] = (
        ("resolved", VERIFIED, []),
        ("settled", TRIED, ["worker (started 07:00)"]),
    )
    seen = [event("out of memory", t, when=when, killed=killed, restarts={"worker/1": 0}) for when, t, killed in looks]
    assert judged(put(of_today(story, promises=[promise]), *seen)).verdict is Verdict.REFUTED
    assert judged(put(story, event("residue", END, items=["an image"]))).verdict is Verdict.DIRTY
    other = event("instruments", VERIFIED + 0.1, when="recovered", parts={"rules": "ef" * 32})
    assert judged(put(story, other)).verdict is Verdict.REFUTED


def test_runbook_without_a_command_is_no_matter_of_noise() -> None:
    story = put(cut(documented(), 1.0), error(1.0), event("machine", 1.0, cores=CORES, others=2.0, seconds=1.0))
    assert "the machine was busy" not in judged(story).reason


def test_command_that_fails_is_no_matter_of_noise() -> None:
    story = drop(documented(), "command", purpose="verify")
    failed = put(story, command("verify", RECOVERED + 1.0, exit=22))
    assert judged(beside(failed, 2.0)).verdict is Verdict.REFUTED
