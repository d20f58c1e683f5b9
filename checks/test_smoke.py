"""Smoke: the system does once what its contract promises, refusals included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


@pytest.mark.parametrize("check", params_of(CheckSuite.SMOKE))
def test_smoke(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: the system keeps this promise of its contract."""
    run_check(check)
