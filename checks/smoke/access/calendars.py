"""Calendars that are kept: made by an account, and seen and changed by that account alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checks.cleanup import kinds
from checks.smoke.access.clients import signed_in
from checks.smoke.api import unknown_job
from checks.smoke.session import whoami
from checks.target import target_of
from drills.checks import (
    CheckFailed,
    CheckSuite,
    Pace,
    Skipped,
    ask_postgres,
    body,
    brief,
    check,
    expect,
    new_tag,
    said,
)
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
CREATED: Final = 201
REFUSED: Final = (403, 404)
CALENDARS: Final = "/api/calendars"
EVENTS: Final = "/api/calendars/events"
NAMED: Final = """
    SELECT count(*) FROM information_schema.columns WHERE table_name = 'calendars' AND column_name = 'name'
"""


@check(
    "own calendar",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "sign_in_email", "postgres_dsn"),
    expected="a calendar that is made, listed, and takes an event",
    next_step="read the backend's log for that request",
    level=2,
    incident=Quantity.ERROR_RATE,
    after=(whoami,),
    writes=True,
    pace=Pace.ANY,
    clauses=("RI-05",),
)
def own_calendar(context: CheckContext) -> str:
    """Make a calendar, look for it, and put an event into it."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        name, made = _made(context, http)
        if name not in _listed(http):
            raise CheckFailed(f"{name} is not among the calendars of the account that made it")
        added = body(expect(http.post(EVENTS, json=_event(made)), CREATED))
    if not added.get("id"):
        raise CheckFailed(f"an event without an id: {added}")
    return f"{name}, with an event"


@check(
    "calendar of another account",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "sign_in_email", "other_email", "postgres_dsn"),
    expected="an account to see its own calendars only",
    next_step="refuse /api/calendars at the gateway until the backend asks whose they are",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(own_calendar,),
    writes=True,
    pace=Pace.ANY,
    clauses=("RI-06",),
)
def calendar_of_another(context: CheckContext) -> str:
    """Look for the calendar of another account among one's own."""
    target = target_of(context)
    with signed_in(context, target.sign_in_email) as owner, signed_in(context, target.other_email) as other:
        name, _ = _made(context, owner)
        if name in _listed(other):
            raise CheckFailed(f"{target.other_email} sees a calendar of {target.sign_in_email}")
    return f"{target.other_email} does not see {name}"


@check(
    "event in another calendar",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "sign_in_email", "other_email", "postgres_dsn"),
    expected="403 or 404 for an event in the calendar of another account",
    next_step="refuse /api/calendars/events at the gateway until the backend asks whose calendar it is",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(own_calendar, unknown_job),
    writes=True,
    pace=Pace.ANY,
    clauses=("RI-07",),
)
def event_in_another(context: CheckContext) -> str:
    """Put an event into a calendar of another account."""
    target = target_of(context)
    with signed_in(context, target.sign_in_email) as owner, signed_in(context, target.other_email) as other:
        _, made = _made(context, owner)
        return said(expect(other.post(EVENTS, json=_event(made)), *REFUSED))


def _made(context: CheckContext, http: httpx.Client) -> tuple[str, str]:
    """Make a calendar; return its name and its id. Raises Skipped where it could not be removed again."""
    if not ask_postgres(context.target, NAMED)[0][0]:
        raise Skipped("the database has no table of calendars by name, so none could be removed again")
    name = new_tag()
    context.artifacts.note(kinds.CALENDAR, name)
    answer = expect(http.post(CALENDARS, json={"name": name}), CREATED)
    made = body(answer).get("id")
    if not made:
        raise CheckFailed(f"a calendar without an id: {brief(answer)}")
    return name, str(made)


def _listed(http: httpx.Client) -> str:
    return expect(http.get(CALENDARS), OK).text


def _event(calendar: str) -> dict[str, Any]:
    event = {"id": "1", "summary": "SYN", "startTime": "08:30", "endTime": "09:20", "date": "2026-03-02"}
    return {"calendarId": calendar, "event": event}
