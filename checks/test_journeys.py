"""Journeys: a student gets there in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks.definition import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.definition import Probe


@pytest.mark.parametrize("probe", params_of(Room.JOURNEY))
def test_journey(probe: Probe, look: Callable[[Probe], None]) -> None:
    """A student gets this far."""
    look(probe)
