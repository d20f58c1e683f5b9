"""The checks that a check depends on are tried before it."""

from dataclasses import replace
from typing import Any

import pytest

from checks.catalogue import ALL, FOUNDATION, STANDS_ON
from drills.checks.catalogue import ordered
from drills.checks.definition import REGISTER

NAMES = [one.name for one in ALL]


def test_no_check_is_lost() -> None:
    assert sorted(NAMES) == sorted(REGISTER)


def test_no_check_comes_before_one_that_it_depends_on() -> None:
    assert [(one.name, root) for one in ALL for root in one.after if NAMES.index(root) > NAMES.index(one.name)] == []


@pytest.mark.parametrize(
    "name", sorted({*FOUNDATION.values(), *STANDS_ON, *(x for y in STANDS_ON.values() for x in y)})
)
def test_every_name_is_a_check(name: str) -> None:
    assert name in REGISTER


def test_check_through_the_gateway_depends_on_its_health() -> None:
    (found,) = [one for one in ALL if one.name == "unknown job"]
    assert "gateway health" in found.after


def test_circle_is_refused() -> None:
    checks: Any = {
        name: replace(REGISTER[name], after=(other,)) for name, other in (("redis", "postgres"), ("postgres", "redis"))
    }
    with pytest.raises(ValueError, match="redis → postgres → redis"):
        ordered(checks, {}, {})


@pytest.mark.parametrize(
    ("need", "root"),
    [
        ("postgres_dsn", "postgres"),
        ("redis_url", "redis"),
        ("prometheus_url", "prometheus"),
        ("alertmanager_url", "alertmanager"),
        ("backend_url", "backend health"),
        ("worker_url", "worker health"),
    ],
)
def test_check_of_an_address_depends_on_the_foundation_of_that_address(need: str, root: str) -> None:
    asked = [one for one in ALL if need in one.needs and one.name not in (root, *STANDS_ON)]
    assert asked
    assert [one.name for one in asked if root not in one.after] == []
