"""The suite of the UP Schedule Generator: what the engine has to know beyond descriptor and runbook."""

from pathlib import Path

from checks.catalogue import CATALOGUE
from checks.cleanup.own import CLEANUP
from checks.smoke.session import whoami
from checks.smoke.upload import journey
from checks.target import ScheduleTarget, sandboxed
from drills import Suite
from load.loss_audit import ScheduleAudit

JOURNEYS = (whoami, journey)
"""What a student does, without a browser: sign in, and send a schedule, wait for its job and take the calendar."""

SUITE = Suite(
    checks=lambda: CATALOGUE,
    target_type=ScheduleTarget,
    target=sandboxed,
    cleanup=CLEANUP,
    locustfile=Path(__file__).parent.parent / "load" / "locustfile.py",
    loss_audit=ScheduleAudit,
    journeys=lambda context: (taken(context) for taken in JOURNEYS),
)
