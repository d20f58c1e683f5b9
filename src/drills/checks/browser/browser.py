"""One Chromium for all journeys of a run: started with the first of them, ended with the run."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack, suppress
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final, TypeVar

from drills.checks.browser import chromium
from drills.checks.result import Skipped
from drills.common.bounded import JOIN_S, join

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from playwright.async_api import Browser as Chromium

    from drills.checks.browser.tab import Tab
    from drills.checks.target import Target

T = TypeVar("T")
START_S: Final = 30.0
END_S: Final = 5.0
ENDED: Final = "the run has ended"
JOURNEYS: Final = "journeys"
"""The folder of all evidence, below that of the run's output."""


class Browser:
    """Runs journeys in one thread, the browser's own; *evidence* is the folder for what failed ones leave.

    Nothing is started, not even imported, before the first journey. A closed browser runs no journey any more, and
    those under way end at once.
    """

    def __init__(self, evidence: Path | None = None) -> None:
        self.evidence = evidence
        self._lock = Lock()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._opening: asyncio.Task[Chromium] | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._stack = AsyncExitStack()

    def take(self, target: Target, name: str, journey: Callable[[Tab], Coroutine[Any, Any, T]]) -> T:
        """Run *journey* in a new tab and return its value; raises Skipped where there is no browser."""
        program = chromium.find()
        if program is None:
            raise Skipped(chromium.ADVICE)
        with self._lock:
            if self._closed:
                raise Skipped(ENDED)
            loop = self._loop or self._begin()
            taken = asyncio.run_coroutine_threadsafe(self._take(program, target, name, journey), loop)
        try:
            return taken.result()
        except CancelledError:
            raise Skipped(ENDED) from None

    def close(self) -> None:
        """End the browser and its thread; a second time does nothing."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result(JOIN_S)
        loop.call_soon_threadsafe(loop.stop)
        join(self._thread)
        loop.close()

    def _begin(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._thread.start()
        return self._loop

    async def _take(
        self, program: str, target: Target, name: str, journey: Callable[[Tab], Coroutine[Any, Any, T]]
    ) -> T:
        task = asyncio.ensure_future(self._travel(program, target, name, journey))
        self._under_way.add(task)
        try:
            return await task
        finally:
            self._under_way.discard(task)

    async def _travel(
        self, program: str, target: Target, name: str, journey: Callable[[Tab], Coroutine[Any, Any, T]]
    ) -> T:
        browser = await self._opened(program)
        # Imported here: runs without journeys, and locust's processes, do without Playwright.
        from drills.checks.browser.tab import opened  # noqa: PLC0415

        async with opened(browser, target, self.evidence / folder_of(name) if self.evidence else None) as tab:
            return await journey(tab)

    async def _opened(self, program: str) -> Chromium:
        """Return the browser, a new one where the last has crashed."""
        if self._opening is None or (self._opening.done() and not _alive(self._opening)):
            self._opening = asyncio.ensure_future(self._open(program))
        return await asyncio.shield(self._opening)

    async def _open(self, program: str) -> Chromium:
        from playwright.async_api import async_playwright  # noqa: PLC0415  (as above)

        await self._stack.aclose()
        self._stack = AsyncExitStack()
        playwright = await self._stack.enter_async_context(async_playwright())
        opened = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-background-networking"],
            traces_dir=self._stack.enter_context(TemporaryDirectory(prefix="journeys-")),
            timeout=START_S * 1000,
        )
        self._stack.push_async_callback(opened.close)
        return opened

    async def _end(self) -> None:
        """Cancel the journeys and end the browser; one that does not end in time ends with its pipe to this process."""
        for task in self._under_way:
            task.cancel()
        if self._opening is not None:
            await asyncio.wait([self._opening, *self._under_way], timeout=START_S)
        with suppress(Exception):
            async with asyncio.timeout(END_S):
                await self._stack.aclose()


def folder_of(name: str) -> str:
    """Return the name of the evidence's folder of the journey *name*, such as sign-in for "browser: sign-in"."""
    return name.partition(": ")[2].replace(" ", "-")


def _alive(opening: asyncio.Task[Chromium]) -> bool:
    return not opening.cancelled() and opening.exception() is None and opening.result().is_connected()
