"""`drills setup` makes all that a drill needs; `drills clean` removes all that was ever made."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drills.checks.browser import chromium
from drills.common.progress import say
from drills.record.format import RecordError
from drills.reports import node
from drills.sandbox import descriptor, setup
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def setup_command(arguments: Sequence[str]) -> int:
    """Make ready what drills need, each only where it is missing; returns 2, with one sentence, when one cannot be."""
    parser = argparse.ArgumentParser(
        prog="drills setup", description="Make ready what drills need, each only where it is missing."
    )
    parser.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of the stack whose images are made")
    options = parser.parse_args(arguments)
    return _timed("setup", lambda: _set_up(options.stack or settings().stack_path))


def clean_command(arguments: Sequence[str]) -> int:
    """Remove every container, image, network and volume that drills ever made, and nothing else."""
    argparse.ArgumentParser(prog="drills clean", description=clean_command.__doc__).parse_args(arguments)
    return _timed("clean", setup.clean)


def _set_up(stack: Path) -> None:
    about = descriptor.read(stack)
    say(node.setup())
    chromium.ensure()
    setup.prepare(about)


def _timed(verb: str, work: Callable[[], None]) -> int:
    began = time.monotonic()
    try:
        work()
    except (SandboxError, RecordError) as error:
        say(str(error))
        return 2
    say(f"{verb}: done in {time.monotonic() - began:.1f} s")
    return 0
