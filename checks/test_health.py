"""Health: every service answers, and each dependency is sound from its own side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


@pytest.mark.parametrize("check", params_of(CheckSuite.HEALTH))
def test_health(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: this part of the system is sound."""
    run_check(check)
