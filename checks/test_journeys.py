"""Journeys: a student uses the system in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


@pytest.mark.parametrize("check", params_of(CheckSuite.JOURNEY))
def test_journey(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: the page takes a student through this journey."""
    run_check(check)
