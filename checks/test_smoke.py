"""Smoke: the system does once what its contract promises, refusals included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks.definition import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.definition import Probe


@pytest.mark.parametrize("probe", params_of(Room.SMOKE))
def test_smoke(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The system keeps this promise."""
    look(probe)
