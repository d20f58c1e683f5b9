"""The steps of a journey: what a student looks for on the page, and what has to come of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from playwright.async_api import TimeoutError as Timeout

from checks.schedules.occurrences import Span
from checks.smoke.sign_in_client import STATUS, user_in
from checks.smoke.statuses import made
from checks.target import to_the_letter
from drills.checks import TOO_MANY, CheckFailed
from drills.common.async_waiting import wait_until
from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from playwright.async_api import Download, Locator, Response

    from drills.checks import CheckContext
    from drills.checks.browser.tab import Tab

SIGN_IN: Final = re.compile(r"\b(sign|log)[ -]?in\b|google", re.IGNORECASE)
SIGN_OUT: Final = re.compile(r"\b(sign|log)[ -]?out\b", re.IGNORECASE)
GO_ON: Final = re.compile(r"\b(sign|log)[ -]?in\b|next|continue|submit", re.IGNORECASE)
E_MAIL: Final = re.compile(r"e-?mail|user|account", re.IGNORECASE)
SEND: Final = re.compile(r"upload|submit|process|extract|convert|parse", re.IGNORECASE)
CALENDAR: Final = re.compile(r"\.ics|download|calendar|export", re.IGNORECASE)
TO_UPLOAD: Final = re.compile(r"upload|schedule|start|begin|convert", re.IGNORECASE)
FILE: Final = "input[type=file]"
SEMESTER: Final = timedelta(weeks=14)


async def sign_in(tab: Tab, email: str) -> None:
    """Sign in as *email*, at the provider's page if it has one."""
    await tab.press(SIGN_IN, "way to sign in")
    box = tab.page.get_by_role("textbox", name=E_MAIL)
    out = tab.control(SIGN_OUT)
    await tab.see(box.or_(out), "field for an e-mail address at the identity provider")
    if not await out.is_visible():
        await box.first.fill(email)
        await tab.press(GO_ON, "button to sign in at the identity provider")
    await tab.see(out, "way to sign out after signing in")
    user = await signed_in_as(tab)
    if user != email:
        raise CheckFailed(f"signed in as {user!r} instead of {email!r}")


async def sign_out(tab: Tab) -> None:
    """Sign out, and see that the system has noticed."""
    await tab.press(SIGN_OUT, "way to sign out")
    await tab.see(tab.control(SIGN_IN), "way to sign in after signing out")
    user = await signed_in_as(tab)
    if user is not None:
        raise CheckFailed(f"still signed in as {user!r} after signing out")


async def signed_in_as(tab: Tab) -> str | None:
    """Return the e-mail address of the user that the system recognises in this tab, None for no user."""
    text = await tab.ask(STATUS)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CheckFailed(f"{STATUS} is no JSON object: {text[:80]!r}")
    return user_in(found)


async def require_beginning(context: CheckContext, tab: Tab) -> None:
    """Raise CheckFailed unless the page has what a student begins with: a way to sign in, a file field, or one to it.

    By the letter the page has the first two.
    """
    letter, field = to_the_letter(context), tab.page.locator(FILE)
    if letter or not await field.count():
        ways = tab.control(SIGN_IN) if letter else tab.control(SIGN_IN).or_(tab.control(TO_UPLOAD)).first
        await tab.see(ways, "way to sign in" if letter else "way to sign in or to upload")
    if letter and not await field.count():
        raise CheckFailed("no field for a file")


async def upload(context: CheckContext, tab: Tab, content: bytes) -> str:
    """Choose a file, send it, and return the job that the system made of it.

    After an answer 429 the file is sent again when Retry-After is over: away from this machine, all checks have one
    address and share its limit.
    """
    field = await _field(context, tab)
    try:
        answer = await wait_until(
            lambda: _send(tab, field, content),
            done=lambda answer: answer.status != TOO_MANY,
            deadline_s=tab.target.deadline_s,
            poll_s=_retry_after_s,
            expected="another answer to the upload than 429",
            where=tab.front,
            next_step="find what else uploads from this address, and pause it",
        )
    except WaitTimeout as error:
        raise CheckFailed(str(error)) from None
    return await _job(context, answer)


async def _field(context: CheckContext, tab: Tab) -> Locator:
    """Return the field for a file; by the letter it is on the front page, elsewhere a control may lead to it."""
    field = tab.page.locator(FILE).first
    if not await field.count() and not to_the_letter(context) and await tab.control(TO_UPLOAD).count():
        await tab.control(TO_UPLOAD).click()
        with suppress(Timeout):
            await field.wait_for(state="attached", timeout=tab.step_s * 1000)
    if not await field.count():
        raise CheckFailed("no field for a file")
    return field


async def _send(tab: Tab, field: Locator, content: bytes) -> Response:
    async def send() -> None:
        await field.set_input_files({"name": "schedule.pdf", "mimeType": "application/pdf", "buffer": content})
        button = tab.control(SEND)
        # Without one, choosing the file has sent it.
        if await button.count() and await button.is_enabled():
            await button.click()

    answer: Response = await tab.get(tab.page.expect_response(_accepts_upload), send(), "answer to the upload")
    return answer


def _retry_after_s(answer: Response) -> float:
    try:
        return max(1.0, float(answer.headers["retry-after"]))
    except (KeyError, ValueError):
        raise CheckFailed("the upload was answered with 429, and no seconds in Retry-After") from None


async def download(tab: Tab) -> tuple[bytes, Span | None]:
    """Return the calendar file that the page hands out, and the semester, where the page asks for its dates."""
    control = tab.control(CALENDAR)
    await tab.see(control, "way to download the calendar")
    semester = await _fill_dates(tab)
    file: Download = await tab.get(tab.page.expect_download(), control.click(), "calendar to download")
    if not file.suggested_filename.endswith(".ics"):
        raise CheckFailed(f"a download called {file.suggested_filename!r}, no .ics")
    return (await file.path()).read_bytes(), semester


async def _fill_dates(tab: Tab) -> Span | None:
    """Say when the semester begins and ends, where the page asks and has no answer of its own; return what it has."""
    today = datetime.now(UTC).date()
    days = []
    for number, field in enumerate(await tab.page.locator("input[type=date]").filter(visible=True).all()):
        if not await field.input_value():
            await field.fill((today + number * SEMESTER).isoformat())
        days.append(date.fromisoformat(await field.input_value()))
    return Span(days[0], days[-1]) if days else None


def _accepts_upload(response: Response) -> bool:
    return response.request.method == "POST" and response.url.split("?")[0].endswith("/api/upload")


async def _job(context: CheckContext, answer: Response) -> str:
    if answer.status not in made(context):
        raise CheckFailed(f"the upload was answered with {answer.status}")
    try:
        return str(UUID((await answer.json())["jobId"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CheckFailed("the upload was answered without a job's id") from None
