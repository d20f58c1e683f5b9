"""The calendar endpoints: an .ics file for every client, stored calendars for users who are signed in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from stack.services.backend.context import Ctx
from stack.services.backend.errors import ApiError
from stack.services.backend.ics import IcsError, Item, Semester, calendar, parse_date
from stack.services.backend.limits import PER_MINUTE
from stack.services.backend.sessions import SignedIn

_ADD_EVENT = """
    INSERT INTO calendar_events (id, "calendarId", event)
    SELECT %(id)s, id, %(event)s FROM calendars WHERE id = %(calendar)s AND owner = %(owner)s
"""
# Writing a calendar takes CPU time: in a thread of its own it does not delay other requests. A second thread would
# only share the interpreter with the first.
_writer = ThreadPoolExecutor(1, thread_name_prefix="ics")
router = APIRouter(prefix="/api", dependencies=[Depends(PER_MINUTE)])


class EventIn(BaseModel):
    """One event of an .ics request."""

    id: str
    summary: str
    location: str = ""
    startTime: str
    endTime: str
    day: str = ""
    date: str = ""
    isRecurring: bool = False

    def item(self) -> Item:
        """Return the event as the calendar writer takes it."""
        return Item(
            self.id,
            self.summary,
            self.location,
            self.startTime,
            self.endTime,
            self.day,
            self.date,
            self.isRecurring,
        )


class IcsIn(BaseModel):
    """The body of an .ics request."""

    events: list[EventIn] = Field(min_length=1)
    semesterStart: str = ""
    semesterEnd: str = ""
    pdfType: str = ""


class CalendarIn(BaseModel):
    """The body that makes a calendar."""

    name: str = Field(min_length=1, max_length=200)


class CalendarEventIn(BaseModel):
    """The body that puts an event into a calendar."""

    calendarId: UUID
    event: EventIn


def _semester(body: IcsIn) -> Semester | None:
    if not body.semesterStart or not body.semesterEnd:
        return None
    return Semester(parse_date(body.semesterStart), parse_date(body.semesterEnd))


@router.post("/generate/ics")
async def generate(body: IcsIn) -> Response:
    """Answer with the .ics file of the given events."""
    try:
        items = [event.item() for event in body.events]
        write = partial(calendar, items, _semester(body), datetime.now(UTC))
        content = await asyncio.get_running_loop().run_in_executor(_writer, write)
    except IcsError as error:
        raise ApiError(400, str(error)) from error
    headers = {"Content-Disposition": 'attachment; filename="schedule.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/calendars")
async def calendars(user: SignedIn, context: Ctx) -> list[dict[str, Any]]:
    """Answer with the user's calendars."""
    async with context.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT id, name FROM calendars WHERE owner = %s ORDER BY name", (user.email,)
        )
        return [{"id": str(row["id"]), "name": row["name"]} for row in await cursor.fetchall()]


@router.post("/calendars", status_code=201)
async def add_calendar(body: CalendarIn, user: SignedIn, context: Ctx) -> dict[str, str]:
    """Make a calendar."""
    calendar_id = uuid4()
    async with context.pool.connection() as connection:
        await connection.execute("INSERT INTO calendars VALUES (%s, %s, %s)", (calendar_id, user.email, body.name))
    return {"id": str(calendar_id), "name": body.name}


@router.post("/calendars/events", status_code=201)
async def add_event(body: CalendarEventIn, user: SignedIn, context: Ctx) -> dict[str, str]:
    """Put an event into one of the user's calendars."""
    event_id = uuid4()
    values = {
        "id": event_id,
        "event": Jsonb(body.event.model_dump()),
        "calendar": body.calendarId,
        "owner": user.email,
    }
    async with context.pool.connection() as connection:
        cursor = await connection.execute(_ADD_EVENT, values)
        if cursor.rowcount == 0:
            raise ApiError(404, f"no calendar {body.calendarId}")
    return {"id": str(event_id)}
