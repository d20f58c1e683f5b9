"""Incident 5, connection pool exhausted: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from load.profiles import CALM
from scenarios.drill.scenario import Change, Scenario, Sign
from scenarios.faults.leak import LeakyRelease

if TYPE_CHECKING:
    from scenarios.drill.pair import Pair


@pytest.mark.drill("5.1")
def test_connection_leak(hold: Pair) -> None:
    """Restarting the backend gives a leaking release its connections back."""
    hold(
        Scenario(
            cause="5.1",
            fault=LeakyRelease,
            traffic=CALM,
            sign=Sign("count(*) as total", r"^\s*(\d+)(?:\s*\|\s*\d+){3}\s*$", Change.GROWS),
            service="backend",
        )
    )
