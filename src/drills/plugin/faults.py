"""Which faults there are: those of the drills that were collected, and those of the engine's catalogue."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from drills import faults
from drills.drill.scenario import fault_names


def known_faults() -> frozenset[str]:
    """Return the names of all faults; a suite may offer one of the catalogue before it has a drill of it."""
    for module in pkgutil.walk_packages(faults.__path__, f"{faults.__name__}."):
        import_module(module.name)
    return fault_names()
