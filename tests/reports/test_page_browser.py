"""The page in a browser: accessible, no wider than a phone, searchable, and usable without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from drills.checks.browser import chromium
from drills.reports.collect import collect
from drills.reports.page import write_page
from tests.helpers.page_samples import arm, covered, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(chromium.find() is None, reason="there is no Chromium here to open the page with")
LIMIT_MS = 30_000
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    commands = [{"line": 1, "text": "restart " + "x" * 300, "exit": 0, "seconds": 1}]
    arm(tmp_path, "5.1-original", "REFUTED", typed(exit=1, output="no such service: " + "y" * 500), commands=commands)
    arm(tmp_path, "5.1-documented", "CONFIRMED", typed())
    arm(tmp_path, "5.1-placebo", "REFUTED", typed(purpose="placebo", line=0, text="sleep 4"))
    arm(tmp_path, "5.2-documented", "UNKNOWN", reason="too little traffic was seen")
    covered(tmp_path, "5.1", "5.2", "5.3")
    return write_page(collect(tmp_path), tmp_path).as_uri()


def opened(browser: Browser, address: str, size: tuple[int, int], **options: Any) -> Page:
    """Return the page with the messages of its console as errors."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options).new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(address)
    return page


def shown(page: Page) -> list[str]:
    """Return the rows that are shown, by their number."""
    return [each.inner_text() for each in page.locator("tbody:visible .id").all()]


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_with_every_row_open(
    browser: Browser, address: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    page = opened(browser, address, size, color_scheme=scheme)
    page.get_by_role("button", name="Open all").click()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_a_phone_needs_no_horizontal_scrolling(browser: Browser, address: str) -> None:
    page = opened(browser, address, PHONE)
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert page.locator("svg.narrow").first.is_visible()


def test_a_search_shows_the_rows_that_have_every_word(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESKTOP)
    assert shown(page) == ["5.1", "5.2", "5.3"]
    page.get_by_label("Search").fill("little TRAFFIC")
    assert shown(page) == ["5.2"]
    assert page.get_by_role("status").inner_text() == "1 of 3 rows shown"


def test_rows_are_chosen_and_opened_without_a_script(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESKTOP, java_script_enabled=False)
    page.get_by_label("unknown 1").check()
    assert shown(page) == ["5.2"]
    page.get_by_label("all 3").check()
    page.get_by_text("Evidence of 5.1").click()
    assert page.get_by_text("Proposed edit of 5.1").first.is_visible()


def test_a_print_has_every_row_open(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESKTOP)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
