"""The journeys, each of which begins as the one before it: open the page, sign in, take a schedule home."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.cleanup import kinds
from checks.journeys import assertions as found
from checks.journeys import page
from checks.smoke.front_page import front_page
from checks.smoke.session import COOKIE, note_cookie, whoami
from checks.smoke.sign_in import user_without_session
from checks.smoke.upload import journey
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Observation, Pace, check, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from playwright.async_api import Locator

    from drills.checks import CheckContext
    from drills.checks.browser.tab import Tab

TIMES: Final = re.compile(r"\d:\d\d\D+\d?\d:\d\d")
ROW: Final = "tr, li, [role=row], [role=listitem], article"


@check(
    "browser: front page",
    suite=CheckSuite.JOURNEY,
    clauses=("FD-11",),
    needs="front_url",
    expected="the front page in a browser, with a way to sign in, by the letter a field for a file, and no complaints",
    next_step="look at the pictures, then at the gateway's log",
    level=2,
    incident=Quantity.HEALTH,
    after=(front_page, user_without_session),
    pace=Pace.ANY,
)
def open_front_page(context: CheckContext) -> Observation:
    """Open the page as a student's browser does, with its scripts and styles."""

    async def go(tab: Tab) -> Observation:
        began = time.monotonic()
        await tab.open()
        await page.require_beginning(context, tab)
        seconds = time.monotonic() - began
        await tab.settle()
        return Observation(f"{await tab.page.title()!r} after {seconds:.1f} s", {"open_s": seconds})

    return context.browser.take(context.target, open_front_page.name, go)


@check(
    "browser: sign-in",
    suite=CheckSuite.JOURNEY,
    clauses=("FD-12",),
    needs=("front_url", "sign_in_email"),
    expected="to be signed in by way of the identity provider, and out again, in a browser",
    next_step="look at the pictures, then at the backend's log for authentication errors",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(open_front_page, whoami),
    pace=Pace.ANY,
    writes=True,
)
def sign_in_and_out(context: CheckContext) -> Observation:
    """Sign in by hand, and out again."""

    async def go(tab: Tab) -> Observation:
        began = time.monotonic()
        await tab.open()
        await _sign_in(context, tab, target_of(context).sign_in_email or "")
        seconds = time.monotonic() - began
        await page.sign_out(tab)
        return Observation(f"in after {seconds:.1f} s, and out", {"sign_in_s": seconds})

    return context.browser.take(context.target, sign_in_and_out.name, go)


@check(
    "browser: schedule",
    suite=CheckSuite.JOURNEY,
    clauses=("FD-13", "FD-14"),
    needs="front_url",
    expected="a schedule uploaded in a browser to be shown as its events, and downloaded as their calendar",
    next_step="look at the pictures, then at the pdf-worker's log",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    after=(sign_in_and_out, journey),
    pace=Pace.JOB,
    writes=True,
)
def take_schedule_home(context: CheckContext) -> Observation:
    """Do all that a student does: sign in (where the target names an account), upload, look, download, sign out."""

    async def go(tab: Tab) -> Observation:
        module, email, began = new_tag(), target_of(context).sign_in_email, time.monotonic()
        expected = schedules.expected_lectures(module)
        await tab.open()
        if email:
            await _sign_in(context, tab, email)
        context.artifacts.note(kinds.UPLOAD, module)
        context.artifacts.note(kinds.JOB, await page.upload(context, tab, schedules.lecture_pdf(module)))
        found.on_page(await _rows(tab, len(expected)), expected)
        seconds = time.monotonic() - began
        content, semester = await page.download(tab)
        times = found.in_calendar(content, expected, semester)
        if email:
            await page.sign_out(tab)
        way = "signed in, " if email else "not signed in, no e-mail address in the target, "
        return Observation(
            f"{way}{len(expected)} events after {seconds:.1f} s, {times} times in their calendar", {"events_s": seconds}
        )

    return context.browser.take(context.target, take_schedule_home.name, go)


async def _sign_in(context: CheckContext, tab: Tab, email: str) -> None:
    """Sign in, and note the session, so that the next run removes it if this one is killed before it signs out."""
    await page.sign_in(tab, email)
    for cookie in await tab.page.context.cookies():
        if cookie.get("name") == COOKIE:
            note_cookie(context, cookie.get("value", ""))


async def _rows(tab: Tab, count: int) -> list[str]:
    """Return the texts of all events on the page, as soon as there are *count* or a step after the first."""
    rows = _events(tab)
    await tab.see(rows, "event of the schedule", tab.target.deadline_s)
    with suppress(CheckFailed):
        await tab.see(rows.nth(count - 1), "last event")
    return await rows.all_inner_texts()


def _events(tab: Tab) -> Locator:
    """Return the rows that show two times; of nested rows only the innermost."""
    inner = tab.page.locator(ROW).filter(has_text=TIMES)
    return inner.filter(has_not=inner)
