"""The browser's program: where it is, and how it gets there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

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
    """Install Chromium where there is none and this user may install packages; say what came of it."""
    if find():
        return
    if not may_install():
        _say(f"  journeys will be left out: {ADVICE}")
        return
    _say("  … install Chromium (from this system's packages)")
    began = time.monotonic()
    trouble = _install()
    if trouble is None and find():
        _say(f"  ✓ install Chromium (from this system's packages) ({time.monotonic() - began:.1f} s)")
    else:
        _say(f"  ✗ {trouble or 'its package has no program of that name'}; journeys will be left out: {ADVICE}")


def may_install() -> bool:
    """Whether packages can be installed here: root, on Debian or a system made from it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def _install() -> str | None:
    """Return apt's last words when it fails, None when all went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", PACKAGE]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines()[-3:]
            return f"apt-get {' '.join(command)} failed (exit {done.returncode}): {' '.join(words)}"
    return None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  (set-up speaks to a person)
