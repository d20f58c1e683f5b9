"""Key metrics: the figures of the runbook's table are at their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.probe import Room
from checks.probes import params_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.probe import Probe


@pytest.mark.parametrize("probe", params_of(Room.METRICS))
def test_metrics(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The figure is where the runbook wants it."""
    look(probe)
