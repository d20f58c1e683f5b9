"""Read the scenarios of a suite from its drills, without running them."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.drill.scenario import Scenario


def declared_scenarios() -> Iterator[Scenario]:
    """Yield the scenario of each drill; raises what importing a module of drills raises."""
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
