"""A symptom proves the cause only when it was read before and during the fault, and changed as the scenario says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import symptom_command
from drills.record.durability import durability, unexpected_lasting
from drills.record.proof import proof
from drills.record.symptom import Symptom, SymptomChange, compare
from tests.helpers.histories import command, documented, told
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from drills.record.history import History

SIGN = {"command": "ping", "pattern": "PONG", "change": "vanishes", "line": 7}


def symptom(pattern: str, change: SymptomChange) -> Symptom:
    return Symptom("some command", pattern, change)


@pytest.mark.parametrize(
    ("change", "before", "during", "proved"),
    [
        (SymptomChange.APPEARS, "fine", "OOM command not allowed", True),
        (SymptomChange.APPEARS, "OOM", "OOM", False),
        (SymptomChange.APPEARS, "fine", "fine", False),
        (SymptomChange.APPEARS, "", "OOM", False),
        (SymptomChange.VANISHES, "OOM", "", True),
        (SymptomChange.VANISHES, "", "", False),
        (SymptomChange.VANISHES, "OOM", "OOM", False),
    ],
)
def test_words(change: SymptomChange, before: str, during: str, *, proved: bool) -> None:
    assert compare(symptom("OOM", change), before, during).proved is proved


@pytest.mark.parametrize(
    ("change", "before", "during", "proved"),
    [
        (SymptomChange.GROWS, "0", "1", True),
        (SymptomChange.GROWS, "10", "20", True),
        (SymptomChange.GROWS, "10", "19", False),
        (SymptomChange.GROWS, "0", "0", False),
        (SymptomChange.GROWS, "no such key", "600", False),
        (SymptomChange.GROWS, "4\n5", "600\n1", True),
        (SymptomChange.SHRINKS, "10", "5", True),
        (SymptomChange.SHRINKS, "10", "6", False),
        (SymptomChange.SHRINKS, "0", "0", False),
        (SymptomChange.SHRINKS, "10", "", False),
    ],
)
def test_numbers(change: SymptomChange, before: str, during: str, *, proved: bool) -> None:
    assert compare(symptom(r"^(\d+)$", change), before, during).proved is proved


def test_both_readings_are_kept() -> None:
    found = compare(symptom(r"(\d+)", SymptomChange.GROWS), "waiting 3", "waiting 620")
    assert (found.normal, found.abnormal) == ("3", "620")


def look(when: str, output: str) -> dict[str, object]:
    return command("diagnose", 1.0, line=7, when=when, output=output)


def history(*events: dict[str, object]) -> History:
    return told((documented(symptom=SIGN)[0], *events))


def test_symptom_that_was_read_only_once_proves_nothing() -> None:
    assert proof(history(look("normal", "PONG"))) is None


def test_last_reading_counts() -> None:
    found = proof(history(look("normal", "PONG"), look("abnormal", "PONG"), look("abnormal", "refused")))
    assert found
    assert found.proved


def test_symptom_selects_a_command_by_its_input() -> None:
    assert "psql" in symptom_command(OWN_RUNBOOK.incident(5), Symptom("as total", "", SymptomChange.GROWS)).text


def test_symptom_that_selects_two_commands_is_refused() -> None:
    with pytest.raises(ValueError, match="found 3"):
        symptom_command(OWN_RUNBOOK.incident(1), Symptom("curl", "x", SymptomChange.APPEARS))


def stage(name: str, *, held: bool | None) -> dict[str, object]:
    watch = {"watched_s": 30.0, "needed_s": 20.0}
    return {"kind": "durability", "t": 2.0, "stage": name, "held": held, "seen": f"{name} {held}", **watch}


def test_drill_without_a_durability_phase_has_no_durability() -> None:
    assert durability(history()) is None


@pytest.mark.parametrize(
    ("stages", "verdict"),
    [
        ([("load", True), ("restart", True)], "cure"),
        ([("load", False)], "relief"),
        ([("load", True), ("restart", False)], "relief"),
        ([("load", True)], "unknown"),
        ([("load", None)], "unknown"),
        ([("load", True), ("restart", None)], "unknown"),
    ],
)
def test_cure_and_relief(stages: list[tuple[str, bool | None]], verdict: str) -> None:
    found = durability(history(*(stage(name, held=held) for name, held in stages)))
    assert found
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("watched_s", "needed_s", "seen"),
    [
        (19.0, 20.0, "load True, watched for only 19 s of 20 s"),
        (None, 20.0, "load True; it is not known for how long that was watched"),
        (30.0, None, "load True; it is not known for how long that was watched"),
    ],
)
def test_a_stage_that_was_watched_for_too_short_a_time_cures_nothing(
    watched_s: float | None, needed_s: float | None, seen: str
) -> None:
    load = stage("load", held=True) | {"watched_s": watched_s, "needed_s": needed_s}
    found = durability(history(load, stage("restart", held=True)))
    assert found
    assert (found.verdict, found.load) == ("unknown", seen)


def test_a_relapse_needs_no_length_of_watch() -> None:
    load = stage("load", held=False) | {"watched_s": 3.0, "needed_s": 20.0}
    found = durability(history(load))
    assert found
    assert found.verdict == "relief"


@pytest.mark.parametrize(("expected", "wrong"), [("cure", False), ("relief", True), (None, False)])
def test_a_recovery_lasts_as_its_scenario_says(expected: str | None, *, wrong: bool) -> None:
    stages = stage("load", held=True), stage("restart", held=True)
    found = unexpected_lasting(told((documented(expected_lasting=expected)[0], *stages)))
    assert (found is not None) is wrong
    assert found is None or "saw cure" in found
