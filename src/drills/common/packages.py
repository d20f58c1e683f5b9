"""Install packages of a Debian system, and tell whether this process may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

LIMIT_S = 600.0
"""How long apt may take, a slow mirror included."""


class PackageError(RuntimeError):
    """A package could not be installed; the text has the last lines that apt printed."""


def may_install() -> bool:
    """Tell whether this process may install packages: as root, on Debian or a system made from it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def install(*names: str) -> None:
    """Install Debian packages without recommended ones; raises PackageError with the last lines that apt printed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *names]):
        done = _apt_get(command, environment)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise PackageError(f"apt-get {' '.join(command)} failed (exit {done.returncode}): {' '.join(lines)}")


def _apt_get(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["apt-get", *command], env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        raise PackageError(
            f"apt-get {' '.join(command)} did not end within {LIMIT_S:g} s: see whether its mirror answers"
        ) from None


def is_known(name: str) -> bool:
    """Tell whether this system's package lists have *name*."""
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0
