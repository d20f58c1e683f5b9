"""Which faults there are: those of the drills that were collected, and those of the engine's catalogue."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from drills import faults
from drills.drill.scenario import fault_names


def known_faults(*, whole: bool) -> frozenset[str]:
    """Return the names of all faults; those of the catalogue count where the *whole* suite was collected.

    Otherwise a fault of the suite's own, whose module was not imported, may look like one of them.
    """
    for module in pkgutil.walk_packages(faults.__path__, f"{faults.__name__}.") if whole else ():
        import_module(module.name)
    return fault_names()
