"""`--shard` holds a part of the chosen drills, and the coverage of a part says what the whole run was to drill."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.helpers.held_drill import JUDGED
from tests.helpers.pytest_run import pytest_ended, without_engine

if TYPE_CHECKING:
    from pathlib import Path

LOOK = ("test_drills.py", "--collect-only", "-q")
FIRST = JUDGED.replace('(folder / "history.jsonl").read_text() != before', "True").replace(
    '(folder / "history.jsonl").read_text()', '""'
)
"""A drill that is judged in a folder that holds nothing."""


def held(suite: Path, *options: str) -> set[str]:
    _, said = pytest_ended(suite / "output", *LOOK, *options, cwd=suite)
    return {line.partition("::")[2] for line in said.splitlines() if "::" in line}


def test_two_parts_hold_each_drill_once_and_both_hold_other_tests(suite: Path) -> None:
    parts = [held(suite, "--shard", f"{number}/2") for number in (1, 2)]
    assert sorted(map(len, parts)) == [2, 2]
    assert parts[0] & parts[1] == {"test_other"}
    assert parts[0] | parts[1] == {"test_leak", "test_left_out", "test_other"}


def test_what_other_options_leave_out_is_in_no_part(suite: Path) -> None:
    assert held(suite, "--shard", "1/1", "--cause", "5.2") == {"test_left_out", "test_other"}


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "parallel"])
def test_more_parts_than_drills_end_with_4(workers: tuple[str, ...], suite: Path) -> None:
    code, said = without_engine(suite / "output", "test_drills.py", "--shard", "1/3", *workers, cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "there are 2 drills for 3 parts" in said


def test_no_part_ends_with_4(suite: Path) -> None:
    code, said = without_engine(suite / "output", "test_drills.py", "--shard", "3/2", cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "expected a part such as 2/4" in said


def with_history(suite: Path, text: str = "") -> Path:
    """Let the settings of *suite* name a history, with this in it."""
    table = suite / "pyproject.toml"
    table.write_text(f'{table.read_text(encoding="utf-8")}history = "h.jsonl"\n', encoding="utf-8")
    if text:
        (suite / "h.jsonl").write_text(text, encoding="utf-8")
    return suite / "h.jsonl"


def test_a_history_that_cannot_be_read_ends_with_4(suite: Path) -> None:
    with_history(suite, '{"format": 9}\n')
    code, said = without_engine(suite / "output", "test_drills.py", "--shard", "1/2", cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "h.jsonl:1: expected a line in format 1 of a history of drills, found 9" in said


def test_a_part_says_what_the_whole_run_was_to_drill_and_adds_to_the_history(suite: Path) -> None:
    history = with_history(suite)
    other = '\n@pytest.mark.drill("5.2")\ndef test_other_drill():\n    raise AssertionError\n'
    (suite / "test_drills.py").write_text(FIRST + other, encoding="utf-8")
    number = next(number for number in (1, 2) if "test_leak" in held(suite, "--shard", f"{number}/2"))
    code, said = pytest_ended(suite / "output", "test_drills.py", "--shard", f"{number}/2", cwd=suite)
    assert (code, "1 passed" in said) == (0, True), said
    told = json.loads((suite / "output" / "coverage.json").read_text(encoding="utf-8"))
    assert (told["chosen"], told["shards"]) == (["5.1", "5.2"], [f"{number}/2"])
    assert (told["commit"], told["document"]) == (None, "incidents.md")
    (line,) = history.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["cause"] == "5.1"


def test_a_history_that_is_cut_off_stays_and_the_run_is_red(suite: Path) -> None:
    history = with_history(suite, '{"format": 1, "run')
    (suite / "test_drills.py").write_text(FIRST, encoding="utf-8")
    code, said = pytest_ended(suite / "output", "test_drills.py", cwd=suite)
    assert (code, "1 passed" in said, "h.jsonl:1: the last line is cut off" in said) == (1, True, True), said
    assert history.read_text(encoding="utf-8") == '{"format": 1, "run'
