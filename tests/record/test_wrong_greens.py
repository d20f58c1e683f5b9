"""Wrong greens that the judge once gave, each kept as the record that fooled it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.record.experiment_verdict import judge_pair
from drills.record.judge import Judgement
from drills.record.reader import FILE, read
from drills.record.recorder import Recorder
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    AFTER,
    AT_LIMIT,
    END,
    FIRING,
    INJECTED,
    PENDING,
    PLACEBO_WATCHED,
    RECOVERED,
    RESOLVED,
    VERIFIED,
    WATCHED,
    Story,
    command,
    cut,
    documented,
    drop,
    event,
    judged,
    ledger,
    metric,
    milestone,
    placebo,
    put,
    samples,
    told,
    traffic,
    transition,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path


def cleaned_up(story: Story, watched_s: float = WATCHED) -> Story:
    """Let the undo cure the metric while the alert monitor still records."""
    story = drop(metric(story, watched_s + 0.5, END, AFTER), "residue")
    return put(story, *samples(END, END + 20, AFTER), event("residue", END + 20, items=[]))


def test_placebo_cured_by_the_undo_is_not_spontaneous() -> None:
    assert judged(cleaned_up(placebo(), PLACEBO_WATCHED)).verdict is Verdict.REFUTED


def test_documented_arm_cured_by_the_undo_is_refuted() -> None:
    story = cleaned_up(metric(documented(), RECOVERED, END, AT_LIMIT))
    assert "did not stay under" in judged(story).reason


def test_hold_that_only_the_undo_completes_confirms_nothing() -> None:
    story = metric(documented(), RECOVERED, WATCHED - 2.5, AT_LIMIT)
    story = put(drop(story, "residue"), *samples(END, END + 20, AFTER), event("residue", END + 20, items=[]))
    story = put(story, *traffic(VERIFIED, END + 20))
    assert judged(story).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", ["acted", "watched"])
def test_moment_missing(name: str) -> None:
    assert judged(drop(documented(), "milestone", name=name)).verdict is Verdict.UNKNOWN


def test_cut_off_in_the_hold() -> None:
    assert judged(cut(documented(), 43.0)).verdict is Verdict.UNKNOWN


def test_cut_off_while_the_alert_was_awaited() -> None:
    assert judged(cut(documented(), 25.0)).verdict is Verdict.UNKNOWN


def test_alert_that_fired_before_the_fault_did_not_answer_to_it() -> None:
    story = drop(documented(), "milestone", name="firing")
    assert judged(put(story, milestone("firing", 5.0))).verdict is not Verdict.CONFIRMED


def test_earlier_firing_does_not_make_the_time_to_detect_negative() -> None:
    assert judged(put(documented(), milestone("firing", 5.0))).ttd_s == FIRING - INJECTED


def test_pending_before_the_fault_is_not_that_of_the_fault() -> None:
    story = drop(documented(), "alert", PENDING, PENDING)
    story = put(story, transition(4.0, "inactive", "pending"), transition(5.0, "pending", "inactive"))
    assert judged(story).verdict is Verdict.UNKNOWN


def test_alert_that_fired_after_the_first_command_confirms_nothing() -> None:
    story = drop(drop(documented(), "milestone", name="firing"), "alert", to="firing")
    story = put(story, milestone("firing", RESOLVED), transition(RESOLVED, "pending", "firing"))
    assert judged(story).verdict is Verdict.UNKNOWN


def test_metric_unseen_before_the_first_command_confirms_nothing() -> None:
    assert judged(drop(documented(), "sample", INJECTED, ACTED)).verdict is Verdict.UNKNOWN


def test_traffic_that_ended_within_the_hold_confirms_nothing() -> None:
    assert judged(drop(documented(), "traffic", RECOVERED + 2)).verdict is Verdict.UNKNOWN


def test_no_command_recorded_confirms_nothing() -> None:
    assert judged(drop(documented(), "command", purpose="resolve")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("held", "unheld"),
    [
        ({"jobs": 0, "rows": 0}, "no jobs"),
        ({"sessions": 0}, "no sessions"),
        ({"jobs": 0, "rows": 0, "sessions": 0}, "no jobs and no sessions"),
    ],
)
def test_nothing_acknowledged_is_nothing_proved(held: dict[str, int | None], unheld: str) -> None:
    found = judged(put(drop(documented(), "ledger"), ledger(held)))
    assert (found.verdict, found.reason) == (
        Verdict.UNKNOWN,
        f"the clients held {unheld}, so none could be missed",
    )


def test_placebo_whose_alert_never_fired_is_no_success() -> None:
    story = cut(placebo(), PENDING - 0.5)
    story = put(
        story,
        *samples(PENDING, 52.0, AT_LIMIT - 1),
        *traffic(PENDING, 52.0),
        event("phase", 52.0, name="detect", event="end", ok=False, note="x"),
        event("residue", 53.0, items=[]),
    )
    assert judged(story).verdict is Verdict.UNKNOWN


def test_placebo_that_is_about_to_recover_is_unknown() -> None:
    assert judged(metric(placebo(), PLACEBO_WATCHED - 4, END, AFTER)).verdict is Verdict.UNKNOWN


def test_placebo_without_traffic_did_not_recover_by_itself() -> None:
    story = drop(metric(placebo(), RECOVERED, END, AFTER), "traffic", RESOLVED)
    assert judged(story).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.INVALID, Verdict.DIRTY])
def test_placebo_that_says_nothing(verdict: Verdict) -> None:
    experiment = judge_pair(Judgement(Verdict.CONFIRMED, "held"), Judgement(verdict, "blind"))
    assert experiment.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("symptom", ["\u2028", "\x85"])
def test_line_separators_in_an_output(tmp_path: Path, symptom: str) -> None:
    with Recorder(tmp_path, str) as recorder:
        recorder.write(**documented()[0])
        recorder.write(**command("verify", 1.0, output=f"a{symptom}b"))
        recorder.write("residue", items=[])
    assert read(tmp_path).events == recorder.events


def test_torn_in_the_middle_of_a_character(tmp_path: Path) -> None:
    written(tmp_path, documented())
    with (tmp_path / FILE).open("ab") as file:
        file.write('{"kind": "é'.encode()[:-1])
    assert read(tmp_path).events == told(documented()).events


def investigated(check_result: str) -> Story:
    """Add a symptom to a confirmed drill, and what its command printed while the fault was in effect."""
    symptom = {"command": "ping", "pattern": "PONG", "change": "vanishes", "line": 7}
    looks = (
        command("diagnose", t, line=7, text="redis-cli ping", when=when, output=output)
        for t, when, output in ((1.0, "normal", "PONG"), (FIRING + 0.1, "abnormal", check_result))
    )
    return put(documented(symptom=symptom), *looks)


def test_investigation_that_shows_nothing_confirms_nothing() -> None:
    found = judged(investigated("PONG"))
    assert found.verdict is Verdict.UNKNOWN
    assert "no reading of the investigation proved the cause" in found.reason


def test_investigation_that_shows_the_cause_is_enough() -> None:
    assert judged(investigated("Connection refused")).verdict is Verdict.CONFIRMED


def test_investigation_that_was_never_read_confirms_nothing() -> None:
    story = tuple(each for each in investigated("refused") if each.get("purpose") != "diagnose")
    assert judged(story).verdict is Verdict.UNKNOWN
