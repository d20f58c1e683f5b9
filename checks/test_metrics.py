"""Key metrics: the figures of the runbook's table are at their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks.definition import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.definition import Probe


@pytest.mark.parametrize("probe", params_of(Room.METRICS))
def test_metrics(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The figure is where the runbook wants it."""
    look(probe)
