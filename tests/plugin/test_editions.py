"""What is expected of an edition: a wrong solution is not confirmed, a line is needed or known to be spare."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from drills.drill.edition import Edition, Spare
from drills.plugin.editions import RunEditions
from drills.record.judge import Judgement
from drills.record.verdicts import Lasting, Verdict
from drills.runbook.model import Command
from tests.helpers.runs import QuietFault, a_scenario

LINE = "docker logs pdf-worker --tail 50"
EDITION = Edition("4.2", "without line 498", (Command(499, "true"),), LINE)
KNOWN = (Spare("4.2", "docker logs", "it shows what kills the workers"),)


def unexpected(
    verdict: Verdict, *, ablation: bool, spares: tuple[Spare, ...] = (), lasting: Lasting | None = None
) -> str | None:
    nothing_runs: Any = None
    run = RunEditions(nothing_runs, (EDITION,), spares, ablation)
    return run.unexpected(EDITION, Judgement(verdict, "so it was seen"), lasting)


@pytest.mark.parametrize("verdict", [Verdict.REFUTED, Verdict.CONFIRMED_WITH_LOSS])
def test_a_wrong_solution_that_is_not_confirmed_is_expected(verdict: Verdict) -> None:
    assert unexpected(verdict, ablation=False) is None


def test_a_wrong_solution_that_is_confirmed_is_red() -> None:
    assert "was CONFIRMED" in (unexpected(Verdict.CONFIRMED, ablation=False) or "")


@pytest.mark.parametrize("ablation", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.DIRTY, Verdict.INVALID, Verdict.SPONTANEOUS])
def test_a_drill_that_says_nothing_is_red(verdict: Verdict, ablation: bool) -> None:  # noqa: FBT001 - a parameter
    assert "says nothing" in (unexpected(verdict, ablation=ablation, spares=KNOWN) or "")


def test_a_needed_line_is_expected() -> None:
    assert unexpected(Verdict.REFUTED, ablation=True) is None


def test_a_spare_line_is_red_unless_it_is_listed() -> None:
    assert "take the line out" in (unexpected(Verdict.CONFIRMED, ablation=True) or "")
    assert unexpected(Verdict.CONFIRMED, ablation=True, spares=KNOWN) is None


def test_a_listed_line_that_is_needed_is_red() -> None:
    assert "is listed as spare" in (unexpected(Verdict.REFUTED, ablation=True, spares=KNOWN) or "")


def test_a_line_without_which_the_recovery_does_not_last_is_needed() -> None:
    assert unexpected(Verdict.CONFIRMED, ablation=True, lasting="relief") is None
    assert "is listed as spare" in (unexpected(Verdict.CONFIRMED, ablation=True, spares=KNOWN, lasting="relief") or "")


def test_a_row_of_which_no_edition_is_held_is_red() -> None:
    """A file may name other rows only; a test that holds nothing must not pass."""
    experiment: Any = SimpleNamespace(lacks=lambda _: None)
    with pytest.raises(pytest.fail.Exception, match=r"5\.1: no edition of this row was asked for"):
        RunEditions(experiment, (EDITION,), (), ablation=False)(a_scenario(QuietFault()))
