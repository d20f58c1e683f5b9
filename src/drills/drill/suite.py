"""What a suite tells the engine about its own system, beyond the descriptor and the runbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from drills import load
from drills.checks.catalogue import Catalogue, common_checks
from drills.drill.loss_audit import LossAudit, RequestAudit

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.target import Target

LOCUSTFILE = Path(load.__file__).with_name("locustfile.py")


@dataclass(frozen=True)
class Suite:
    """The defaults are for a system of which no more is known than its descriptor and its runbook say.

    *checks* are looked at before and after a fault. *locustfile* turns a profile's operations into requests.
    *loss_audit* makes the clients' account of one arm.
    """

    checks: Callable[[], Catalogue] = field(default=common_checks)
    locustfile: Path = LOCUSTFILE
    loss_audit: Callable[[Target], LossAudit] = RequestAudit
