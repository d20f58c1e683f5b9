"""`drills adopt`: write a small suite for a compose project, and say what of it was guessed."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drills.adopt import manifest
from drills.adopt.notes import Part
from drills.adopt.suite import Adopted, Wish, adopt
from drills.common.visible import visible
from drills.compose.errors import ComposeError
from drills.runbook import RunbookError

if TYPE_CHECKING:
    from collections.abc import Sequence

UNUSABLE = 4


def main(arguments: Sequence[str]) -> int:
    """Write the suite; returns 0, or 4 with one sentence on stderr for what cannot be used."""
    options = _parser().parse_args(arguments)
    wish = Wish(
        tuple(options.file), options.into, tuple(options.profile), options.runbook, options.rules, options.env_file
    )
    try:
        before = manifest.read(wish.into, datetime.now(UTC).date())
        adopted = adopt(wish, before.until)
        sentences = manifest.write(wish.into, adopted.texts, before)
    except (ComposeError, RunbookError, manifest.ManifestError, OSError) as error:
        sys.stderr.write(visible(f"drills adopt: {error}\n"))
        return UNUSABLE
    for sentence in sentences:
        sys.stdout.write(visible(f"{sentence}\n"))
    sys.stdout.write(_summary(adopted, wish.into))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills adopt", description=__doc__)
    parser.add_argument(
        "-f",
        "--file",
        action="append",
        type=Path,
        required=True,
        metavar="FILE",
        help="a compose file; may be given again",
    )
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="what Compose takes for the project's .env")
    parser.add_argument("--profile", action="append", default=[], metavar="NAME", help="a profile of the project")
    parser.add_argument("--runbook", type=Path, metavar="PATH", help="the document that responders use, or its folder")
    parser.add_argument("--rules", metavar="PATH|URL", help="the alerts' rules: a file, a folder, or their Prometheus")
    parser.add_argument("--into", type=Path, default=Path("drills"), metavar="DIR", help="the suite's folder: drills/")
    return parser


def _summary(adopted: Adopted, into: Path) -> str:
    counted = Counter(note.part for note in adopted.notes)
    parts = ", ".join(f"{counted[part]} {part.lower()}" for part in Part)
    drills = sum(row.guess is not None for row in adopted.rows)
    return f"{drills} drills for {len(adopted.rows)} rows of the runbook; {parts}: read {into / 'ADOPTED.md'}\n"
