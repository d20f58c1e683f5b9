"""Read what a suite's scenarios say is wrong with the runbook from the drills, without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills import runbook
from drills.commands.declared_scenarios import declared_scenarios
from drills.reports.findings_table import DeclaredFinding
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def declared_findings() -> Iterator[DeclaredFinding]:
    """Yield a finding for each scenario whose row is corrected; raises what importing a module of drills raises."""
    loaded = runbook.load(settings().runbook_path)
    for scenario in declared_scenarios():
        if scenario.original is not None:
            name = loaded.cause(scenario.cause).name
            yield DeclaredFinding(scenario.cause, name, str(scenario.original), scenario.finding)
