"""Read what a suite's scenarios say is wrong with the runbook from the drills, without running them."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from drills import runbook
from drills.reports.findings_table import DeclaredFinding
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.drill.scenario import Scenario


def declared_findings() -> Iterator[DeclaredFinding]:
    """Yield a finding for each scenario whose row is corrected; raises what importing a module of drills raises."""
    loaded = runbook.load(settings().runbook_path)
    for scenario in _scenarios():
        if scenario.original is not None:
            name = loaded.cause(scenario.cause).name
            yield DeclaredFinding(scenario.cause, name, str(scenario.original), scenario.finding)


def _scenarios() -> Iterator[Scenario]:
    root = settings().root
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    for path in sorted((root / settings().scenarios).rglob("test_*.py")):
        module = importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
        for member in vars(module).values():
            if any(mark.name == "drill" for mark in getattr(member, "pytestmark", ())):
                yield from _given_to(member)


def _given_to(drill: Callable[[Any], object]) -> list[Scenario]:
    """Return the scenarios that a drill hands over: it gets a list's `append` where pytest gives it `run_drill`."""
    scenarios: list[Scenario] = []
    drill(scenarios.append)
    return scenarios
