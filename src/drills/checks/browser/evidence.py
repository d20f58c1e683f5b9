"""Write the evidence of a failed journey, without secrets: a picture of the page, and a trace of what was done on it.

The trace (`playwright show-trace trace.zip`) has the clicks, the pictures and the console. Requests and copies of the
page are not recorded at all, because their headers and bodies have the session in them; addresses are masked.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from playwright.async_api import Error

from drills.common.redaction import SHORTEST_SECRET, masked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.async_api import BrowserContext, Page

PICTURE: Final = "page.png"
TRACE: Final = "trace.zip"
PICTURE_MS: Final = 5000
PUBLIC: Final = ("client_id", "redirect_uri", "response_type", "scope", "code_challenge_method", "login_hint", "wait")
"""Parameters of a sign-in's addresses that are no secret."""


def secrets_in(url: str) -> set[str]:
    """Return the values of an address's parameters that may be secret, such as a sign-in's code and state."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query) + parse_qsl(parts.fragment)
    return {value for name, value in pairs if name not in PUBLIC and len(value) >= SHORTEST_SECRET}


async def begin(context: BrowserContext) -> None:
    """Begin to record the trace; `keep` writes it where the journey fails."""
    await context.tracing.start(screenshots=True, snapshots=False, sources=False)


async def keep(page: Page, folder: Path, secrets: Iterable[str]) -> None:
    """Write a picture of *page* and the trace into *folder*, as far as a page that is gone allows."""
    raw = folder / f"raw-{TRACE}"
    with suppress(Error):
        await page.screenshot(path=folder / PICTURE, full_page=True, timeout=PICTURE_MS)
    try:
        with suppress(Error):
            cookies = await page.context.cookies()
            await page.context.tracing.stop(path=raw)
            mask(raw, folder / TRACE, {*secrets, *[cookie["value"] for cookie in cookies]})
    finally:
        raw.unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Remove *folder* with what an earlier run left in it."""
    shutil.rmtree(folder, ignore_errors=True)


def mask(source: Path, to: Path, secrets: Iterable[str]) -> None:
    """Copy the archive *source* with the *secrets* masked in its texts; pictures are copied as they are."""
    known = tuple(sorted(secret for secret in secrets if len(secret) >= SHORTEST_SECRET))
    with ZipFile(source) as old, ZipFile(to, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            with suppress(UnicodeDecodeError):
                content = masked(content.decode(), known).encode()
            new.writestr(name, content)
