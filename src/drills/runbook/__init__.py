"""The incident runbook: the reader of its document, its model, and the alert rules that follow from it."""

from drills.common.threshold import Threshold
from drills.runbook.errors import RunbookError
from drills.runbook.loading import load
from drills.runbook.model import Alert, Cause, Command, Incident, Metric, Quantity, Runbook, Severity, Step, Template

__all__ = [
    "Alert",
    "Cause",
    "Command",
    "Incident",
    "Metric",
    "Quantity",
    "Runbook",
    "RunbookError",
    "Severity",
    "Step",
    "Template",
    "Threshold",
    "load",
]
