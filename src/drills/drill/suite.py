"""Let a suite describe its own system to the engine, beyond the descriptor and the runbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from drills import load
from drills.checks.catalogue import Catalogue, common_checks
from drills.checks.cleanup.cleanup import Cleanup
from drills.checks.target import Target
from drills.drill.loss_audit import LossAudit, RequestAudit
from drills.drill.stack_target import base_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from drills.checks.context import CheckContext
    from drills.checks.result import CheckResult
    from drills.mutants.plan import MutantPlan
    from drills.runbook.model import Quantity
    from drills.sandbox.stack import Stack

LOCUSTFILE = Path(load.__file__).with_name("locustfile.py")


@dataclass(frozen=True)
class Suite:
    """A suite's own parts; the defaults are for a system that its descriptor and its runbook describe in full.

    *checks* run before and after a fault. *journeys* takes each journey of a user once, after the recovery from an
    incident with that quantity, and has to be quick; a suite without any has its essential checks run once more
    instead. *target_type* is what a table of targets.toml may hold; *target* builds such a target of a running stack.
    *cleanup* removes what the checks of this suite leave in a system. *locustfile* turns a profile's operations into
    requests. *loss_audit* makes the clients' account of one arm. *browser_sign_in* is the name of the journey that
    signs in with a browser, where a runbook promises that this works; empty where no journey does. *mutants* says in
    which files small changes are tried.
    """

    checks: Callable[[], Catalogue] = field(default=common_checks)
    target_type: type[Target] = Target
    target: Callable[[Stack], Target] = base_target
    cleanup: Cleanup = field(default_factory=Cleanup)
    locustfile: Path = LOCUSTFILE
    loss_audit: Callable[[Target], LossAudit] = RequestAudit
    journeys: Callable[[CheckContext, Quantity], Iterable[CheckResult]] | None = None
    browser_sign_in: str = ""
    mutants: MutantPlan | None = None
