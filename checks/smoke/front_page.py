"""The front page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.checks import CheckFailed, CheckSuite, brief, check, get
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext


@check(
    "front page",
    suite=CheckSuite.SMOKE,
    clauses=("FD-01",),
    needs="page",
    expected="200 with an HTML page",
    next_step="read the gateway's log",
    level=1,
    incident=Quantity.HEALTH,
    essential=True,
)
def front_page(context: CheckContext) -> str:
    """Ask for the page that students open first."""
    answer = get(context.target, context.target.page, "/")
    if "<html" not in answer.text.lower():
        raise CheckFailed(f"200 without a page: {brief(answer)}")
    return "200 with a page"
