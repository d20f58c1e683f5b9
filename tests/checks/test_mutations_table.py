"""The table of mutations is whole: every check is in it, and nothing that is no check."""

import subprocess
from typing import TYPE_CHECKING

import pytest

from checks.catalogue import ALL
from checks.mutations import schedules, services
from checks.mutations.limits import RUNBOOK, alarming, incident, off_target
from checks.mutations.mutation import Proof
from checks.mutations.prove import FILE, PAGE, asked, unproved, write
from checks.mutations.table import MUTATIONS
from drills.checks import CheckSuite
from drills.runbook.model import Quantity
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from checks.mutations.mutation import Mutation
    from checks.mutations.schedules import Edit

NAMES = {one.name for one in ALL}
EDITS = (*schedules.EDITS, *services.EDITS, services.FILES, services.COPIES)


def as_expected(mutation: "Mutation") -> Proof:
    return Proof(mutation, mutation.red, frozenset(), 1.0)


def test_every_check_has_a_mutation_that_turns_it_red() -> None:
    assert unproved([as_expected(mutation) for mutation in MUTATIONS]) == []


def test_check_that_no_mutation_is_about_is_named() -> None:
    others = [as_expected(mutation) for mutation in MUTATIONS if "redis policy" not in mutation.red]
    assert unproved(others) == ["redis policy"]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation_is_about_checks_that_there_are(mutation: "Mutation") -> None:
    assert mutation.red
    assert mutation.red <= NAMES


@pytest.mark.parametrize(
    "edit",
    [*schedules.EDITS, *services.EDITS, services.FILES, services.COPIES],
    ids=lambda edit: edit.name.replace(" ", "-"),
)
def test_edit_of_a_service_changes_its_source_and_leaves_it_valid(edit: "Edit") -> None:
    file = ROOT / "stack" / "services" / edit.file
    source = file.read_text(encoding="utf-8")
    edited = subprocess.run(["sed", edit.script], input=source, capture_output=True, text=True, check=True).stdout
    assert edited != source
    compile(edited, edit.file, "exec")


def test_slow_checks_are_asked_where_a_mutation_is_about_them() -> None:
    slow = {one.name for one in ALL if one.suite is CheckSuite.SLOW}
    for mutation in MUTATIONS:
        assert {one.name for one in asked(mutation)} & slow == mutation.red & slow


def test_mutations_have_names_of_their_own() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


def test_page_says_what_went_wrong(tmp_path: "Path") -> None:
    first, second = MUTATIONS[:2]
    write(tmp_path, [as_expected(first), Proof(second, frozenset({"front page"}), frozenset(), 2.0)])
    page = (tmp_path / PAGE).read_text()
    assert f"{len(ALL)} checks, 2 mutations; 1 turned exactly the right checks red." in page
    assert "**too much: front page**" in page
    assert "| redis policy | health | **nothing** |" in page
    assert (tmp_path / FILE).is_file()


@pytest.mark.parametrize("quantity", [Quantity.ERROR_RATE, Quantity.RESPONSE_TIME_P95, Quantity.QUEUE_DEPTH])
def test_figure_between_target_and_threshold_is_off_the_one_and_short_of_the_other(quantity: Quantity) -> None:
    value, found = off_target(quantity), incident(quantity)
    assert not RUNBOOK.target(found).satisfied_by(value)
    assert not found.alert.threshold.satisfied_by(value)


@pytest.mark.parametrize("quantity", [Quantity.QUEUE_DEPTH, Quantity.CONNECTION_POOL])
def test_alarming_figure_fires_the_alert(quantity: Quantity) -> None:
    assert incident(quantity).alert.threshold.satisfied_by(alarming(quantity))
