"""One seed for a run and all its workers, from which the draws begin."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from drills.common.draws import DRAWS
from drills.plugin import seed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def unseeded_afterwards() -> Iterator[None]:
    yield
    DRAWS.seed()


def chosen(asked_for: int | None = None, **process: Any) -> Any:
    config: Any = SimpleNamespace(stash={}, option=SimpleNamespace(seed=asked_for), **process)
    seed.choose(config)
    return config


def test_seed_that_is_asked_for_is_taken_and_printed() -> None:
    config = chosen(42)
    first = DRAWS.random()
    assert chosen(42).stash == config.stash
    assert DRAWS.random() == first
    assert seed.pytest_report_header(config).startswith("seed: 42 ")


def test_zero_is_a_seed_as_well() -> None:
    assert chosen(0).stash[seed.SEED] == 0


def test_runs_that_ask_for_none_differ() -> None:
    assert chosen().stash != chosen().stash


def test_workers_have_the_seed_of_their_run() -> None:
    node: Any = SimpleNamespace(workerinput={}, config=chosen())
    seed.pytest_configure_node(node)
    assert chosen(workerinput=node.workerinput).stash == node.config.stash
