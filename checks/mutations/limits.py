"""The runbook's targets and thresholds, so that a figure can be put between them, or beyond."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drills import runbook
from drills.settings import settings

if TYPE_CHECKING:
    from drills.runbook.model import Incident, Quantity

RUNBOOK = runbook.load(settings(Path(__file__).parent).runbook_path)
BEYOND = 1.2
"""This many times its threshold an alert certainly fires, and no check can call it rounding."""


def incident(quantity: Quantity) -> Incident:
    """Return the incident whose alert measures *quantity*; its section says the threshold."""
    return next(each for each in RUNBOOK.incidents if each.alert.quantity is quantity)


def off_target(quantity: Quantity) -> float:
    """Return a value that is off its target and fires no alert: in the middle between the two."""
    found = incident(quantity)
    return (RUNBOOK.target(found).value + found.alert.threshold.value) / 2


def alarming(quantity: Quantity) -> float:
    """Return a value for which the alert fires."""
    return incident(quantity).alert.threshold.value * BEYOND
