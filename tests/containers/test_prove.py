"""The prover names a check that should have failed and passed, and one that should have passed and failed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from checks.mutations.mutation import Proof
from checks.mutations.prove import Prover, unproved
from checks.mutations.table import MUTATIONS

if TYPE_CHECKING:
    from checks.mutations.mutation import Mutation
    from drills.drill.sandbox_pool import SandboxPool

pytestmark = pytest.mark.sandbox
NAME = "keep a session for ever"
# Postgres' among them: its unit tests need programs of Postgres, which not every machine has.
QUICK = (
    NAME,
    "take the right to write from the application's role",
    "let Postgres accept no writes",
    "expire the certificate",
)
WAIT_S = 8.0


def known(name: str = NAME) -> Mutation:
    return next(mutation for mutation in MUTATIONS if mutation.name == name)


@pytest.fixture(scope="module")
def prover(sandbox_pool: SandboxPool) -> Prover:
    system = sandbox_pool.system()
    system.stack.heal()
    made = Prover(system, system.context, seen_s=WAIT_S)
    made.require_green()
    return made


@pytest.mark.parametrize("name", QUICK)
def test_right_expectation_is_proved(name: str, prover: Prover) -> None:
    proof = prover.prove(known(name))
    assert proof.red, "nothing turned red"
    assert (proof.missed, proof.surplus) == ([], []), "\n".join(proof.seen)


def test_check_that_should_have_failed_is_missed(prover: Prover) -> None:
    proof = prover.prove(replace(known(), red=frozenset({"session keys", "redis write"})))
    assert (proof.missed, proof.surplus) == (["redis write"], [])


def test_check_that_should_not_have_failed_is_surplus(prover: Prover) -> None:
    proof = prover.prove(replace(known(), red=frozenset()))
    assert (proof.missed, proof.surplus) == ([], ["session keys"])


def test_check_that_nothing_turned_red_is_not_proved() -> None:
    proof = Proof(known(), frozenset({"redis write"}), frozenset(), 1.0)
    assert "redis write" not in unproved([proof])
    assert "session keys" in unproved([proof])
