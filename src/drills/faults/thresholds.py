"""The runbook's thresholds, for faults that have to go beyond one; a helper of the faults, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.runbook.model import Quantity


def threshold(system: System, quantity: Quantity) -> float:
    """Return the threshold of the runbook's first alert on *quantity*, in the quantity's base unit.

    Raises ValueError when the runbook has no such alert.
    """
    for incident in system.runbook.incidents:
        if incident.alert.quantity is quantity:
            return incident.alert.threshold.value
    raise ValueError(f"{system.runbook.path}: expected an incident whose alert measures {quantity}, and found none")
