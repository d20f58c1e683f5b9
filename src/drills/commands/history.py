"""`drills history`: keep one line a row and run, merge such files, and say which rows got worse."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from drills.commands.arguments import folder
from drills.common.waiting import WaitTimeout
from drills.record.format import RecordError
from drills.reports.history import add, merged, read_history
from drills.reports.history_lines import lines_of
from drills.reports.trend import trends
from drills.reports.trend_page import trend_page
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UNUSABLE = 4
WORSE = 8
"""A code that neither pytest nor another command ends with."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns 0, 4 with one sentence on stderr, or 8 where --fail-on finds what it names."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (RecordError, WaitTimeout, OSError) as error:
        sys.stderr.write(f"drills history: {error}\n")
        return UNUSABLE
    return code


def _add(options: argparse.Namespace) -> int:
    path = _path(options)
    lines = add(path, lines_of(options.output), name=str(options.output))
    sys.stdout.write(f"{path}: {len(lines)} lines, those of {options.output} among them.\n")
    return 0


def _merge(options: argparse.Namespace) -> int:
    path = _path(options)
    others = merged([(str(file), read_history(file)) for file in options.files])
    lines = add(path, others, name="those that are merged")
    sys.stdout.write(f"{path}: {len(lines)} lines, those of {len(options.files)} files among them.\n")
    return 0


def _trend(options: argparse.Namespace) -> int:
    found = trends(read_history(_path(options)))
    sys.stdout.write(trend_page(found))
    return WORSE if options.fail_on and any(trend.worse for trend in found) else 0


def _path(options: argparse.Namespace) -> Path:
    named: Path | None = options.history or settings().history_path
    if named is None:
        raise RecordError("no history is named: give --history FILE, or `history` in [tool.drills] of pyproject.toml.")
    return named


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills history", description=__doc__)
    commands = parser.add_subparsers(required=True)
    adding = commands.add_parser("add", help="add what a run recorded; what is there already is not added again")
    adding.add_argument(
        "--output",
        type=folder,
        default=settings().path(settings().output),
        metavar="DIR",
        help="the output folder of a run",
    )
    merging = commands.add_parser("merge", help="add the lines of other histories")
    merging.add_argument("files", nargs="+", type=folder, metavar="FILE", help="a history")
    trending = commands.add_parser("trend", help="print how each row fares over the runs")
    trending.add_argument("--fail-on", choices=["worse"], help=f"end with {WORSE} where a row is worse than before")
    for command, function in ((adding, _add), (merging, _merge), (trending, _trend)):
        command.add_argument("--history", type=folder, metavar="FILE", help="the history (JSON lines)")
        command.set_defaults(run=function)
    return parser
