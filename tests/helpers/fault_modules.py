"""The modules and classes of all faults, of the catalogue and of the suite, and the suite's scenarios."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import drills.faults
import scenarios
import scenarios.faults
from drills import Fault, Scenario

if TYPE_CHECKING:
    from types import ModuleType


def modules(package: ModuleType) -> list[ModuleType]:
    """Return the modules of *package* and of the packages in it; packages themselves hold nothing but a docstring."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [import_module(each.name) for each in found if not each.ispkg]


def faults_of(module: ModuleType) -> list[type[Fault]]:
    """Return the fault classes that *module* itself defines."""
    classes = [
        value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__
    ]
    return [each for each in classes if issubclass(each, Fault)]


CATALOGUE = modules(drills.faults)
SUITE = modules(scenarios.faults)
CLASSES = [fault for module in (*CATALOGUE, *SUITE) for fault in faults_of(module)]
NAMED = [fault for fault in CLASSES if not inspect.isabstract(fault)]


def _all_scenarios() -> list[Scenario]:
    """Return the scenario of every drill, which each test hands to its fixture."""
    found: list[Scenario] = []
    for module in modules(scenarios):
        tests: list[Any] = [value for name, value in vars(module).items() if name.startswith("test_")]
        for test in tests:
            test(found.append)
    return found


ALL_SCENARIOS = _all_scenarios()
SCENARIOS = {scenario.cause: scenario for scenario in ALL_SCENARIOS}
"""By the id of their cause."""
