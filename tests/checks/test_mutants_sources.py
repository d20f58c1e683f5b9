"""The files in which small changes are tried are there, and what is said of equivalent ones is about such changes."""

from __future__ import annotations

import pytest

from checks.catalogue import ALL
from checks.mutations.mutants.loading import SERVICES, changed
from checks.mutations.mutants.sources import CONFIGURATION, MUTANTS, PATHS
from checks.mutations.mutation import ECHOES
from drills.mutants.equivalents import read, stale
from drills.mutants.pool import Mutant, drawn
from drills.mutants.run import pool_of
from drills.mutants.trial import is_echo
from drills.runbook.rules import render
from drills.sandbox import descriptor
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import DESCRIPTOR, ROOT

Pool = tuple[dict[str, str], list[Mutant]]
AT_LEAST = 300
"""As many as one run draws."""


@pytest.fixture(scope="module")
def pool() -> Pool:
    about = descriptor.read(DESCRIPTOR)
    assert about.rules is not None
    made = {about.rules: render(OWN_RUNBOOK, about.expressions, 60.0)}
    return pool_of(MUTANTS.sources, about.folder, made)


def test_every_source_has_mutants(pool: Pool) -> None:
    assert {mutant.source for mutant in pool[1]} == set(MUTANTS.sources)
    assert {mutant.source.group for mutant in pool[1]} == {PATHS, CONFIGURATION}
    assert len({mutant.id for mutant in pool[1]}) == len(pool[1]) > AT_LEAST


def test_request_and_job_paths_are_all_there(pool: Pool) -> None:
    modules = {
        path.relative_to(ROOT / "stack").as_posix()
        for part in SERVICES
        for path in (ROOT / "stack" / "services" / part).glob("*.py")
    }
    assert {mutant.file for mutant in pool[1] if mutant.source.group == PATHS} == modules - {
        f"services/{part}/__init__.py" for part in SERVICES
    }


def test_rules_are_those_that_are_rendered_from_the_runbook(pool: Pool) -> None:
    rules = descriptor.read(DESCRIPTOR).rules
    assert rules is not None
    assert OWN_RUNBOOK.incidents[0].alert.name in pool[0][rules]
    assert rules in {mutant.file for mutant in pool[1]}


def test_seed_draws_from_all_of_it(pool: Pool) -> None:
    texts, mutants = pool
    found = drawn(mutants, texts, 1, AT_LEAST)
    assert [mutant.id for mutant in drawn(mutants, texts, 1, AT_LEAST)] == [mutant.id for mutant in found]
    assert {mutant.source for mutant in found} == set(MUTANTS.sources)
    assert {mutant.change.operator for mutant in found} >= {
        "swap_op",
        "number",
        "call",
        "return",
        "arg_removal",
        "line",
    }


def test_every_equivalent_is_one_that_is_there(pool: Pool) -> None:
    assert stale(read(MUTANTS.equivalents), pool[1]) == []


def test_what_the_monitoring_echoes_is_asked_last() -> None:
    assert {check.name for check in ALL if is_echo(check)} >= ECHOES
    assert not is_echo(next(check for check in ALL if check.name == "backend health"))


OWN = "RATE=100\nLOCK_MS=5000\nSECRET=hush\n"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("RATE=101\nLOCK_MS=30000\n", "RATE=101\nLOCK_MS=5000\nSECRET=hush\n"),
        ("\nLOCK_MS=30000\n", "\nLOCK_MS=5000\nSECRET=hush\n"),
        ("RATE=100\nLOCK_MS=30000\n", OWN),
        ("RATE=100\nLOCK_MS=30001\n", "RATE=100\nLOCK_MS=30001\nSECRET=hush\n"),
    ],
)
def test_settings_are_changed_beside_secrets_and_windows(text: str, own: str) -> None:
    assert changed(OWN, "RATE=100\nLOCK_MS=30000\n", text) == own
