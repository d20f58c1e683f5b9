"""Health: every service answers, and each dependency is sound from its own side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.catalogue import params_of
from drills.checks.definition import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.definition import Probe


@pytest.mark.parametrize("probe", params_of(Room.HEALTH))
def test_health(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The part is sound."""
    look(probe)
