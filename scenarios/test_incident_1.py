"""Incident 1, high error rate: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from load.profiles import STEADY
from scenarios.drill.scenario import Change, Scenario, Sign, Verdict
from scenarios.faults.memory import CacheMemory

if TYPE_CHECKING:
    from scenarios.drill.pair import Pair


@pytest.mark.drill("1.4")
def test_redis_out_of_memory(hold: Pair) -> None:
    """Emptying Redis stops the errors, and costs every session and every job that was waiting."""
    hold(
        Scenario(
            cause="1.4",
            fault=CacheMemory,
            traffic=STEADY,
            sign=Sign("grep -i error", r"OOM", Change.APPEARS),
            service="cache",
            expected=Verdict.CONFIRMED_WITH_LOSS,
            finding="FLUSHDB empties the queue and the session store together with the cache",
        )
    )
