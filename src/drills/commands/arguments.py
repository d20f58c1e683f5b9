"""What the commands of `drills` are given: folders, and arguments for pytest that are tried before anything starts."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drills.record.format import RecordError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTEST = (sys.executable, "-m", "pytest")


def folder(text: str) -> Path:
    """Return the folder that *text* names, for argparse; `~` is the home folder, and an empty name is refused."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; name a folder")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None


def secret(variable: str) -> str:
    """Return the value of the environment's *variable*; raises RecordError where it has none."""
    if not os.environ.get(variable):
        raise RecordError(f"--secret-variable {variable}: expected a variable with a value, found none.")
    return os.environ[variable]


def refused(arguments: Sequence[str]) -> int:
    """Have pytest collect the drills that *arguments* choose; returns its exit code, 0 where it takes them.

    Where it does not, it has said why on standard error.
    """
    command = [*PYTEST, settings().scenarios, "-q", "--collect-only", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr or done.stdout)
    return done.returncode
