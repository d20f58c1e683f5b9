"""Every query of every panel has data at the sandbox's Prometheus while nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from drills.common.prometheus import Prometheus
from drills.common.waiting import wait_until
from drills.runbook import load
from reports.dashboards.at_rest import without_data
from reports.dashboards.panels import dashboards
from tests.helpers.paths import RUNBOOK
from tests.helpers.runbook_samples import EXPRESSIONS

if TYPE_CHECKING:
    from drills.drill.sandbox_pool import SandboxPool

pytestmark = pytest.mark.sandbox


def test_every_panel_has_data_at_rest(sandbox_pool: SandboxPool) -> None:
    stack = sandbox_pool.system().stack
    panels = [panel for _, panels in dashboards(load(RUNBOOK), EXPRESSIONS).values() for panel in panels]
    with httpx.Client(base_url=stack.url("metrics")) as metrics, httpx.Client(base_url=stack.url("gateway")) as front:

        def missing() -> tuple[str, ...]:
            front.get("/api/auth/status")  # a share of no requests has no value
            return without_data(Prometheus(metrics), panels)

        wait_until(
            missing,
            deadline_s=60,
            expected="data for every query of every panel",
            where="the sandbox's Prometheus",
            next_step="look at its targets and rules",
            done=lambda sentences: not sentences,
        )
