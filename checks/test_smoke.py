"""Smoke: the system does once what its contract promises, refusals included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.probe import Room
from checks.probes import params_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.probe import Probe


@pytest.mark.parametrize("probe", params_of(Room.SMOKE))
def test_smoke(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The system keeps this promise."""
    look(probe)
