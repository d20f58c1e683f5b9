"""A sandbox takes a bounded part of the machine."""

import pytest

from drills.sandbox.labels import OWNER, this_owner
from drills.sandbox.limits import KEPT_SHARE, machine_mib, memory_mib
from drills.sandbox.sandbox import CPU_SHARES, Plan, Sandbox, limits_of


@pytest.mark.parametrize(
    ("wanted", "machine", "given"),
    [(None, 8000, 7000), (6000, 8000, 6000), (7500, 8000, 7000), (9000, 8000, 7000)],
    ids=["not-said", "fits", "nearly-all", "more-than-there-is"],
)
def test_memory_is_what_was_asked_for_but_never_all(wanted: int | None, machine: int, given: int) -> None:
    assert memory_mib(wanted, machine) == given


def test_this_machine_keeps_a_part_for_itself() -> None:
    assert 0 < memory_mib(None, machine_mib()) <= machine_mib() * (1 - 1 / KEPT_SHARE) + 1


def test_docker_is_given_both_limits_and_no_swap_beside_the_memory() -> None:
    assert limits_of(Plan(image="x", memory_mib=512, processes=100)) == {
        "mem_limit": "512m",
        "memswap_limit": "512m",
        "pids_limit": 100,
    }


def test_a_sandbox_that_builds_images_has_none() -> None:
    assert limits_of(Plan(image="x")) == {}


@pytest.mark.sandbox  # the client of the engine is made with the sandbox
def test_a_sandbox_with_limits_keeps_the_label_of_its_owner() -> None:
    """By that label the next run finds what a killed one has left, and the slots know a sandbox as the run's own."""
    given = vars(Sandbox(Plan(image="x", memory_mib=512, processes=100)))["_kwargs"]
    assert (given["labels"][OWNER], given["mem_limit"]) == (this_owner(), "512m")


@pytest.mark.sandbox  # the client of the engine is made with the sandbox
def test_a_sandbox_has_the_shares_from_its_start_that_it_gets_back_later() -> None:
    assert vars(Sandbox(Plan(image="x")))["_kwargs"]["cpu_shares"] == CPU_SHARES
