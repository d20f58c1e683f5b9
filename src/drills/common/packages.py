"""Packages of a Debian system: whether installing them is ours to do, and how it is done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class PackageError(RuntimeError):
    """A package could not be installed; the text holds apt's last words."""


def may_install() -> bool:
    """Tell whether installing packages is ours to do: root, on Debian or a system made from it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def install(*names: str) -> None:
    """Install Debian packages, no questions and no recommended extras; raises PackageError with apt's last words."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *names]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise PackageError(f"apt-get {' '.join(command)} failed (exit {done.returncode}): {' '.join(words)}")


def is_known(name: str) -> bool:
    """Tell whether this system's package lists have *name*."""
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0
