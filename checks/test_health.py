"""Health: every service answers, and each dependency is sound from its own side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.probe import Room
from checks.probes import params_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.probe import Probe


@pytest.mark.parametrize("probe", params_of(Room.HEALTH))
def test_health(probe: Probe, look: Callable[[Probe], None]) -> None:
    """The part is sound."""
    look(probe)
