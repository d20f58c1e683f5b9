"""A reading proves the cause only when it was taken twice and changed in the way that the drill names."""

from __future__ import annotations

import pytest

from drills import runbook
from drills.drill.diagnosis import command_of
from drills.drill.durability import durability
from drills.record.history import History
from drills.record.symptom import Change, Sign, compare, proof
from tests.helpers.paths import RUNBOOK

BOOK = runbook.load(RUNBOOK)
SIGN = {"command": "ping", "pattern": "PONG", "change": "vanishes", "line": 7}


def sign(pattern: str, change: Change) -> Sign:
    return Sign("some command", pattern, change)


@pytest.mark.parametrize(
    ("change", "before", "during", "proved"),
    [
        (Change.APPEARS, "fine", "OOM command not allowed", True),
        (Change.APPEARS, "OOM", "OOM", False),
        (Change.APPEARS, "fine", "fine", False),
        (Change.APPEARS, "", "OOM", False),
        (Change.VANISHES, "OOM", "", True),
        (Change.VANISHES, "", "", False),
        (Change.VANISHES, "OOM", "OOM", False),
    ],
)
def test_words(change: Change, before: str, during: str, *, proved: bool) -> None:
    assert compare(sign("OOM", change), before, during).proved is proved


@pytest.mark.parametrize(
    ("change", "before", "during", "proved"),
    [
        (Change.GROWS, "0", "1", True),
        (Change.GROWS, "10", "20", True),
        (Change.GROWS, "10", "19", False),
        (Change.GROWS, "0", "0", False),
        (Change.GROWS, "no such key", "600", False),
        (Change.GROWS, "4\n5", "600\n1", True),
        (Change.SHRINKS, "10", "5", True),
        (Change.SHRINKS, "10", "6", False),
        (Change.SHRINKS, "0", "0", False),
        (Change.SHRINKS, "10", "", False),
    ],
)
def test_numbers(change: Change, before: str, during: str, *, proved: bool) -> None:
    assert compare(sign(r"^(\d+)$", change), before, during).proved is proved


def test_what_was_read_is_kept() -> None:
    found = compare(sign(r"(\d+)", Change.GROWS), "waiting 3", "waiting 620")
    assert (found.normal, found.abnormal) == ("3", "620")


def look(when: str, output: str) -> dict[str, object]:
    return {"kind": "command", "t": 1.0, "purpose": "diagnose", "line": 7, "when": when, "output": output}


def history(*events: dict[str, object]) -> History:
    return History(({"kind": "drill", "t": 0.0, "sign": SIGN}, *events))


def test_reading_taken_only_once_proves_nothing() -> None:
    assert proof(history(look("normal", "PONG"))) is None


def test_last_look_counts() -> None:
    found = proof(history(look("normal", "PONG"), look("abnormal", "PONG"), look("abnormal", "refused")))
    assert found
    assert found.proved


def test_sign_selects_a_command_by_its_input() -> None:
    assert "psql" in command_of(BOOK.incident(5), Sign("as total", "", Change.GROWS)).text


def test_sign_that_selects_two_commands_is_refused() -> None:
    with pytest.raises(ValueError, match="found 3"):
        command_of(BOOK.incident(1), Sign("curl", "x", Change.APPEARS))


def stage(name: str, *, held: bool | None) -> dict[str, object]:
    return {"kind": "durability", "t": 2.0, "stage": name, "held": held, "seen": f"{name} {held}"}


def test_nobody_looked_whether_it_lasts() -> None:
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
    assert found["verdict"] == verdict
