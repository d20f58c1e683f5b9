"""Other editions of a row: what stands in for its solution, and what a file of them must say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.edition import ablations, spare_lines, wrong_solutions
from drills.runbook import RunbookError, load
from drills.settings import settings

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Runbook

ROOT_SETTINGS = settings()
GOOD = '[[solution]]\ncause = "5.1"\nname = "do nothing"\nwhy = "lucky"\nlines = ["true"]\n'


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return load(ROOT_SETTINGS.runbook_path)


def test_each_line_is_left_out_once(runbook: Runbook) -> None:
    cause = runbook.cause("4.3")
    editions = ablations(cause)
    assert [len(edition.commands) for edition in editions] == [len(cause.commands) - 1] * len(cause.commands)
    assert [edition.why for edition in editions] == [command.text for command in cause.commands]


def test_a_solution_of_one_line_has_no_ablation(runbook: Runbook) -> None:
    assert ablations(runbook.cause("5.1")) == ()


def test_an_edition_changes_its_own_row_only(runbook: Runbook, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(GOOD)
    (edition,) = wrong_solutions(tmp_path / "wrong.toml", runbook)
    edited = edition.of(runbook)
    assert [command.text for command in edited.cause("5.1").commands] == ["true"]
    assert edited.cause("5.1").minutes == (1.0, 1.0)
    assert [cause for cause in edited.causes if cause.id != "5.1"] == [
        cause for cause in runbook.causes if cause.id != "5.1"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"expected \[\[solution\]\] tables, found none"),
        ("[[solution]]\n", "solution 1 needs cause, name, why"),
        (GOOD.replace('lines = ["true"]', "lines = []"), "needs `lines`, a list of command lines"),
        (GOOD.replace("5.1", "5.9"), "there is no cause '5.9'"),
        (GOOD.replace("do nothing", "../up"), "is that of a folder"),
        (GOOD + "[[spare]]\n", "expected \\[\\[solution\\]\\] tables only, found 'spare'"),
        ("solution = [", "cannot be read as TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(
    runbook: Runbook, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises((ValueError, RunbookError), match=said):
        wrong_solutions(tmp_path / "wrong.toml", runbook)


def test_the_suites_wrong_solutions_are_at_least_twenty_over_ten_rows(runbook: Runbook) -> None:
    editions = wrong_solutions(ROOT_SETTINGS.path(ROOT_SETTINGS.waivers).with_name("wrong_solutions.toml"), runbook)
    documented = {cause.id: [command.text for command in cause.commands] for cause in runbook.causes}
    assert len(editions) >= 20
    assert len({edition.cause for edition in editions}) >= 10
    assert all([command.text for command in each.commands] != documented[each.cause] for each in editions)


def test_each_spare_line_is_one_line_of_its_solution(runbook: Runbook) -> None:
    for spare in spare_lines(ROOT_SETTINGS.path(ROOT_SETTINGS.spare_lines)):
        found = [command for command in runbook.cause(spare.cause).commands if spare.text in command.text]
        assert len(found) == 1, f"{spare.cause}: {spare.text!r} stands in {len(found)} lines"
