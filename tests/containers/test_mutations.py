"""Every check is proved: one thing of the stack is broken after the other, and exactly the right checks turn red."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import allure
import pytest

from checks.mutations.prove import PAGE, Prover, unproved, write
from checks.mutations.table import MUTATIONS
from drills.checks.browser.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.mutations.mutation import Mutation, Proof
    from drills.drill.sandbox_pool import SandboxPool

pytestmark = [pytest.mark.sandbox, pytest.mark.mutation]
PROOFS: list[Proof] = []


@pytest.fixture(scope="module")
def prover(sandbox_pool: SandboxPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    system = sandbox_pool.system()
    system.stack.heal()
    browser = Browser(tmp_path_factory.mktemp("journeys"))
    try:
        made = Prover(system, replace(system.context, browser=browser))
        made.require_green()
        yield made
    finally:
        browser.close()
        system.stack.heal()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation_turns_exactly_the_right_checks_red(mutation: Mutation, prover: Prover) -> None:
    _label(mutation.name)
    proof = prover.prove(mutation)
    allure.attach("\n".join(sorted(proof.red)), "red", allure.attachment_type.TEXT)
    PROOFS.append(proof)
    assert (proof.missed, proof.surplus) == ([], []), "\n".join(proof.seen)


def test_every_check_is_turned_red_by_something(request: pytest.FixtureRequest) -> None:
    asked = [item for item in request.session.items if "mutation" in getattr(item, "fixturenames", ())]
    if len(asked) < len(MUTATIONS):
        pytest.skip(f"{len(asked)} of {len(MUTATIONS)} mutations were asked for")
    _label("every check is turned red by something")
    write(request.config.option.output, PROOFS)
    allure.attach.file(request.config.option.output / PAGE, "the matrix", allure.attachment_type.TEXT)
    assert len(PROOFS) == len(MUTATIONS), "some mutations came to no proof, or were held by another worker (-n)"
    assert unproved(PROOFS) == []


def _label(title: str) -> None:
    allure.dynamic.epic("Checks")
    allure.dynamic.feature("Each is proven able to fail")
    allure.dynamic.title(title)
