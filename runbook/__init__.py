"""The incident runbook: its document, its parser, its model. Stands on nothing else of this project."""

from runbook.errors import RunbookError
from runbook.loading import DEFAULT_PATH, load
from runbook.model import (
    Alert,
    Cause,
    Command,
    Incident,
    Metric,
    Quantity,
    Runbook,
    Severity,
    Step,
    Template,
    Threshold,
)

__all__ = [
    "DEFAULT_PATH",
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
