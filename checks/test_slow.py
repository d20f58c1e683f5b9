"""Slow: what needs minutes of waiting, for nightly runs: `pytest checks -m slow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


@pytest.mark.slow
@pytest.mark.parametrize("check", params_of(CheckSuite.SLOW))
def test_slow(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: the system keeps this promise, which takes a while to see."""
    run_check(check)
