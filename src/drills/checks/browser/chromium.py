"""Find the browser's program on this machine, or install it."""

from __future__ import annotations

import os
import shutil
from typing import Final

from drills.common.packages import PackageError, install, may_install
from drills.common.progress import say, step

# Playwright's own download is not available everywhere, a system's package is.
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE: Final = "chromium"
ADVICE: Final = (
    "there is no Chromium here for the journeys in a browser; install one (Debian: apt-get install chromium) or name "
    "it in CHROMIUM=/path/to/chromium"
)


def find() -> str | None:
    """Return the path of a Chromium on this machine: the one that CHROMIUM names, or the first on the PATH."""
    named = os.environ.get("CHROMIUM")
    programs = (named,) if named else PROGRAMS
    return next((path for program in programs if (path := shutil.which(program))), None)


def ensure() -> None:
    """Install Chromium where there is none and this user may install packages; print the outcome."""
    if find():
        return
    if not may_install():
        say(f"  journeys will be left out: {ADVICE}")
        return
    try:
        with step("install Chromium (from this system's packages)"):
            _install()
    except PackageError as trouble:
        say(f"  {trouble}; journeys will be left out: {ADVICE}")


def _install() -> None:
    install(PACKAGE)
    if not find():
        raise PackageError("its package has no program of that name")
