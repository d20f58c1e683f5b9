"""Slow checks are left out of a run unless it names them."""

from typing import TYPE_CHECKING

import pytest

from tests.helpers.pytest_run import NO_ENGINE, pytest_ended

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("options", "slow", "others"),
    [((), False, True), (("-m", "not writes"), False, True), (("-m", "slow"), True, False)],
    ids=["any run", "another marker", "a slow run"],
)
def test_slow_checks_are_tried_where_they_are_named(
    tmp_path: "Path", options: tuple[str, ...], *, slow: bool, others: bool
) -> None:
    _, said = pytest_ended(tmp_path, "checks", "--collect-only", "-q", *options, DOCKER_HOST=NO_ENGINE["DOCKER_HOST"])
    assert ("test_slow[" in said, "test_smoke[" in said) == (slow, others), said
