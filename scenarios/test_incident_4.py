"""Incident 4, queue depth: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from load.profiles import CALM
from scenarios.drill.scenario import Change, Scenario, Sign
from scenarios.faults.poison import PoisonPdf

if TYPE_CHECKING:
    from scenarios.drill.pair import Pair


@pytest.mark.drill("4.2")
def test_workers_crashing(hold: Pair) -> None:
    """Workers that die of a poison PDF again and again drain the queue once each PDF has a memory limit of its own."""
    hold(
        Scenario(
            cause="4.2",
            fault=PoisonPdf,
            traffic=CALM,
            sign=Sign("LLEN bull:pdf-processing:wait", r"(\d+)\s*$", Change.GROWS),
            service="worker",
        )
    )
