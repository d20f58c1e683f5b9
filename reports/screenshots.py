"""`python -m reports.screenshots [PAGE]` takes the README's picture of the page that a run wrote."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from drills.checks.browser import chromium

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "reports" / "output" / "index.html"
PICTURE = ROOT / "docs" / "report.png"
WIDTH_PX, HEIGHT_PX = 1280, 900


def take(page: Path, picture: Path) -> None:
    """Open *page* as a desktop would, and write its first screen to *picture* as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme="light")
        tab.goto(page.resolve().as_uri())
        tab.screenshot(path=picture)
        browser.close()


def main(arguments: list[str]) -> int:
    """Take the picture of the page given, or of the last run's; 2 where there is no page or no browser."""
    page = Path(arguments[0]) if arguments else PAGE
    if not page.is_file():
        sys.stderr.write(f"{page}: there is no such page; hold drills first, or name the index.html of a run\n")
        return 2
    if not chromium.find():
        sys.stderr.write(f"{chromium.ADVICE}\n")
        return 2
    take(page, PICTURE)
    sys.stdout.write(f"written: {PICTURE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
