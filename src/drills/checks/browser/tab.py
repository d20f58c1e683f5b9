"""A tab with cookies and a client address of its own, which notes the errors of its page."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from playwright.async_api import Error
from playwright.async_api import TimeoutError as Timeout

from drills.checks.browser import evidence
from drills.checks.clients import TOO_MANY, marks
from drills.checks.result import CheckFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from playwright.async_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Locator,
        Page,
        Request,
        Response,
        Route,
    )

    from drills.checks.target import Target

REFUSED: Final = 400
AGENT: Final = "User-Agent"
"""A header of the marks that the browser keeps as its own."""
STEP: Final = 2
"""Answers of the system that one step of a page may take, one after the other."""
SHOWN: Final = 3
ENDED_BY_THE_PAGE: Final = "net::ERR_ABORTED"
"""A request that the page itself ended, by opening another page or because it became a download."""
TOLD_ANYWAY: Final = "Failed to load resource"
"""The console's message on an answer that `_see_refused` notes already."""
ROLES: Final = ("button", "link", "menuitem")
TROUBLE: Final = re.compile(r"fail|error|could not|cannot|refused|invalid|wrong|sorry", re.IGNORECASE)
ASK: Final = "async ([path, method]) => (await fetch(path, { method })).text()"


class Tab:
    """A page, and what may be done on it. Every step raises CheckFailed, which says what is missing, when it fails."""

    def __init__(self, page: Page, target: Target) -> None:
        self.page = page
        self.target = target
        self.front = bare(target.page)
        self._hosts = {urlsplit(bare(url)).netloc for url in target.own_urls}
        self.headers = {name: value for name, value in marks(target.front_url).items() if name != AGENT}
        self.step_s = STEP * target.timeout_s
        self.complaints: list[str] = []
        self.secrets: set[str] = set(target.secrets)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain(f"an uncaught {' '.join(str(error).split())}"))
        page.on("request", lambda request: self.secrets.update(evidence.secrets_in(request.url)))
        page.on("requestfailed", self._see_broken)
        page.on("response", self._see_refused)

    async def open(self) -> None:
        """Open the front page; raises ConnectionError when there is no answer."""
        answer = await self.page.goto(self.front)
        if answer is None or not answer.ok:
            raise CheckFailed(f"the front page answered {answer.status if answer else 'nothing'}")
        self._hosts.add(urlsplit(self.page.url).netloc)  # the front door may redirect, such as to TLS

    def control(self, name: re.Pattern[str]) -> Locator:
        """Return the visible button, link or menu item called *name*."""
        button, link, item = (self.page.get_by_role(role, name=name) for role in ROLES)
        return button.or_(link).or_(item).filter(visible=True).first

    async def see(self, wanted: Locator, what: str, within_s: float | None = None) -> None:
        """Wait until *wanted* is visible, *within_s* seconds or a step; raises at once when the page shows an error."""
        seconds = within_s or self.step_s
        with suppress(Timeout):
            await wanted.or_(self._trouble()).first.wait_for(timeout=seconds * 1000)
        if not await wanted.first.is_visible():
            raise await self._without(what, seconds)

    async def get(self, event: AbstractAsyncContextManager[Any], action: Awaitable[object], what: str) -> Any:
        """Return the value of the event that *action* causes, such as an answer or a download."""
        try:
            async with event as awaited:
                await action
            return await awaited.value
        except Timeout:
            raise await self._without(what, self.step_s) from None

    async def press(self, name: re.Pattern[str], what: str) -> None:
        """Press the control called *name*, as soon as it is visible."""
        control = self.control(name)
        await self.see(control, what)
        await control.click()

    async def settle(self) -> None:
        """Wait until the page has no request under way, for at most one step."""
        with suppress(Timeout):
            await self.page.wait_for_load_state("networkidle", timeout=self.step_s * 1000)

    async def ask(self, path: str, method: str = "GET") -> str:
        """Return the body of the system's answer to a request of this page, sent with its cookies."""
        return str(await self.page.evaluate(ASK, [path, method]))

    def calm(self) -> None:
        """Raise CheckFailed when the page has had an error so far."""
        if self.complaints:
            more = f" and {len(self.complaints) - SHOWN} more" if len(self.complaints) > SHOWN else ""
            raise CheckFailed(f"the page complained: {'; '.join(self.complaints[:SHOWN])}{more}")

    def own(self, url: str) -> bool:
        """Tell whether an address belongs to the system, and not to its identity provider or to a third party."""
        return urlsplit(url).netloc in self._hosts

    def _trouble(self) -> Locator:
        return self.page.get_by_role("alert").filter(has_text=TROUBLE, visible=True).first

    async def _without(self, what: str, seconds: float) -> CheckFailed:
        """Return the failure: what is missing, and the page's own error message where it shows one."""
        if not await self._trouble().count():
            return CheckFailed(f"no {what} within {seconds:g} s")
        said = " ".join((await self._trouble().inner_text()).split())
        return CheckFailed(f"no {what}: the page says {said!r}")

    def _complain(self, what: str) -> None:
        if self.own(self.page.url) and what not in self.complaints:
            self.complaints.append(what)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(TOLD_ANYWAY):
            self._complain(f"console error {' '.join(message.text.split())!r}")

    def _see_broken(self, request: Request) -> None:
        if self.own(request.url) and request.failure != ENDED_BY_THE_PAGE:
            self._complain(f"{request.method} {urlsplit(request.url).path} broke off ({request.failure})")

    def _see_refused(self, response: Response) -> None:
        if self.own(response.url) and response.status >= REFUSED and response.status != TOO_MANY:
            self._complain(f"{response.request.method} {urlsplit(response.url).path} -> {response.status}")


@asynccontextmanager
async def opened(browser: Browser, target: Target, folder: Path | None) -> AsyncIterator[Tab]:
    """Yield a new tab; a journey that fails on it leaves its evidence in *folder*, or none where that is None.

    An error of the page fails a journey that was fine otherwise.
    """
    context = await browser.new_context(
        ignore_https_errors=target.ca_file is not None,  # Chromium takes no such file, and TLS has checks of its own
        http_credentials=_credentials(target),
    )
    tab = Tab(await context.new_page(), target)
    try:
        await _prepare(context, tab)
        if folder is not None:
            evidence.forget(folder)
            await evidence.begin(context)
        try:
            yield tab
            tab.calm()
        except (CheckFailed, Error) as error:
            if folder is not None:
                await evidence.keep(tab.page, folder, tab.secrets)
            raise _in_words(error, tab, folder) from None
    finally:
        await _leave(context, tab)


async def _prepare(context: BrowserContext, tab: Tab) -> None:
    async def mark(route: Route) -> None:
        with suppress(Error):  # the page has opened another one meanwhile
            await route.continue_(headers={**route.request.headers, **tab.headers})

    context.set_default_timeout(tab.step_s * 1000)
    # Only for the system itself: on a request to another host such a header would cause a CORS preflight.
    await context.route(tab.own, mark)


def bare(url: str) -> str:
    """Return *url* without the name and password in it, which a page could not send requests with."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _credentials(target: Target) -> Any:
    parts = urlsplit(target.front_url)
    return {"username": unquote(parts.username), "password": unquote(parts.password or "")} if parts.username else None


def _in_words(error: Exception, tab: Tab, folder: Path | None) -> Exception:
    """Return the error to raise: a broken connection, a failed check, or *error* itself, a mistake in the check."""
    text = " ".join(str(error).partition("====")[0].split())
    if isinstance(error, Error) and "net::ERR_" in text:
        return ConnectionError(re.sub(r".*(net::ERR_\w+).*", r"\1", text))
    if not isinstance(error, CheckFailed | Timeout):
        return error
    heard = [complaint for complaint in tab.complaints[:SHOWN] if complaint not in text]
    also = f"; the page complained: {'; '.join(heard)}" if heard else ""
    return CheckFailed(f"{text}{also}{f'; pictures: {folder}' if folder else ''}")


async def _leave(context: BrowserContext, tab: Tab) -> None:
    """Sign out, also after an error, and close the tab."""
    try:
        with suppress(Error):
            sign_out = tab.target.sign_out_path
            if sign_out is not None and await context.cookies(tab.front):
                await context.request.post(f"{tab.front}{sign_out}", headers=tab.headers)
    finally:
        await context.close()
