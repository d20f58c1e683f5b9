"""The suite of the UP Schedule Generator: what the engine has to know beyond descriptor and runbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checks.catalogue import CATALOGUE
from checks.cleanup.own import CLEANUP
from checks.journeys.flows import sign_in_and_out
from checks.mutations.mutants.sources import MUTANTS
from checks.smoke.session import whoami
from checks.smoke.upload import journey
from checks.target import ScheduleTarget, sandboxed
from drills import Suite
from drills.runbook.model import Quantity
from load.loss_audit import ScheduleAudit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.context import CheckContext
    from drills.checks.result import CheckResult

JOURNEYS = (whoami, journey)
"""What a student does, without a browser: sign in, and send a schedule, wait for its job and take the calendar."""


def journeys(context: CheckContext, quantity: Quantity) -> Iterable[CheckResult]:
    """Take each journey; in a browser, which needs seconds to start, only where the incident was about signing in."""
    for taken in JOURNEYS:
        yield taken(context)
    if quantity is Quantity.AUTHENTICATION:
        yield sign_in_and_out(context)


SUITE = Suite(
    checks=lambda: CATALOGUE,
    target_type=ScheduleTarget,
    target=sandboxed,
    cleanup=CLEANUP,
    locustfile=Path(__file__).parent.parent / "load" / "locustfile.py",
    loss_audit=ScheduleAudit,
    journeys=journeys,
    browser_sign_in=sign_in_and_out.name,
    mutants=MUTANTS,
)
