"""What the drills have to know of the UP Schedule Generator beyond its descriptor and its runbook."""

from pathlib import Path

from checks.catalogue import CATALOGUE
from drills import Suite
from load.loss_audit import ScheduleAudit

SUITE = Suite(
    checks=lambda: CATALOGUE,
    locustfile=Path(__file__).parent.parent / "load" / "locustfile.py",
    loss_audit=ScheduleAudit,
)
