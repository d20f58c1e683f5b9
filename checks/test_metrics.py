"""Key metrics: the figures of the runbook's table are at their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks import CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


@pytest.mark.parametrize("check", params_of(CheckSuite.METRICS))
def test_metrics(check: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: the figure is at the runbook's target."""
    run_check(check)
