"""The front page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.checks.clients import brief, get
from drills.checks.definition import CheckSuite, check
from drills.checks.result import CheckFailed
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks.context import CheckContext


@check(
    "front page",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="200 with an HTML page",
    next_step="read the gateway's log",
    level=1,
    incident=Quantity.HEALTH,
    essential=True,
)
def front_page(context: CheckContext) -> str:
    """Ask for the page that students open first."""
    answer = get(context.target, context.target.front_url, "/")
    if "<html" not in answer.text.lower():
        raise CheckFailed(f"200 without a page: {brief(answer)}")
    return "200 with a page"
