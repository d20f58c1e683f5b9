"""Every clause of the contract has a check that holds it and a mutation that breaks it; the table says which."""

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import ALL
from checks.mutations import clauses
from checks.mutations.mutation import Mutation
from checks.mutations.open_clauses import OPEN
from checks.mutations.table import MUTATIONS
from drills.checks import Check

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {clause.number for clause in clauses.clauses()}
CLAUSES_OF = {one.name: set(one.clauses) for one in ALL}


def test_every_clause_has_a_check_and_a_mutation_or_an_open_reason() -> None:
    incomplete = {held.clause.number for held in clauses.coverage() if not held.complete}
    assert incomplete == OPEN.keys(), "compare checks/mutations/open_clauses.py"


def test_open_clauses_have_reasons() -> None:
    assert [number for number, reason in OPEN.items() if not reason] == []


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name.replace(" ", "-"))
def test_check_holds_clauses_that_there_are(one: Check) -> None:
    assert one.clauses
    assert set(one.clauses) <= NUMBERS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation_breaks_clauses_that_its_checks_hold(mutation: Mutation) -> None:
    held = set[str]().union(*(CLAUSES_OF[name] for name in mutation.red))
    assert mutation.breaks
    assert set(mutation.breaks) <= held


def test_table_is_the_one_that_the_command_makes() -> None:
    assert clauses.TABLE.read_text(encoding="utf-8") == clauses.table(), "run python -m checks.mutations.clauses"


def test_clause_whose_number_stands_there_twice_is_named(tmp_path: "Path", monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "contract.md"
    page.write_text("## One\n\n- **AB-01** so\n\n## Two\n\n- **AB-01** and so\n")
    monkeypatch.setattr(clauses, "CONTRACT", page)
    with pytest.raises(ValueError, match="two clauses AB-01"):
        clauses.clauses()
