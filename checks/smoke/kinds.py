"""Schedules that are valid and seldom, each read by a pdf-worker on request, which keeps nothing of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.schedules.comparison import require_events
from checks.schedules.kinds import SMALL
from checks.smoke.worker import parsed
from checks.target import to_the_letter
from drills.checks import CheckFailed, CheckSuite, check, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from checks.schedules.kinds import Kind
    from drills.checks import Check, CheckContext


def read(context: CheckContext, kind: Kind, within_s: float | None = None) -> str:
    """Return how many events a worker finds in a schedule of *kind*; raises CheckFailed unless they are the printed."""
    tag = new_tag()
    found = parsed(context, schedules.pdf_of(kind, tag), within_s)
    if found.get("type") != kind.type:
        raise CheckFailed(f"a {kind.type} schedule was taken for {found.get('type')!r}")
    events = require_events(found.get("events"), kind.expected(tag), as_written=to_the_letter(context))
    return f"{len(events)} events"


def _kind(kind: Kind) -> Check:
    return check(
        f"schedule: {kind.name}",
        suite=CheckSuite.SMOKE,
        clauses=kind.clauses,
        needs="worker_url",
        expected="the events that are printed, in their order",
        next_step="parse such a file by hand (POST /parse of the pdf-worker), and read its log",
        level=3,
        incident=Quantity.QUEUE_DEPTH,
    )(partial(read, kind=kind))


KINDS: Final = tuple(_kind(kind) for kind in SMALL)
