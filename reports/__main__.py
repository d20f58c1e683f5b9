"""Reports from the command line: ``python -m reports setup|build|show|spread``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from reports import node
from reports.collect import collect
from reports.fields import RecordError
from reports.spread import show_spread, spread
from reports.table import show

OUTPUT = Path(__file__).parent / "output"
DIFFERENT = 1
BAD_INPUT = 2
KIB = 1024


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, 1 when runs differ, or 2 after a sentence on standard error about what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except (RecordError, OSError, ValueError) as error:
        return _fail(str(error))


def _setup(_: argparse.Namespace) -> int:
    _say(node.setup())
    return 0


def _build(options: argparse.Namespace) -> int:
    # Drawing takes a second to import; the other commands do not wait for it.
    from reports.publish import publish  # noqa: PLC0415

    secrets = [_secret(name) for name in options.secret_variable]
    published = publish(options.output, secrets)
    for path in published.paths:
        _say(f"{path}  {path.stat().st_size / KIB:.1f} KiB")
    for note in published.notes:
        _warn(note)
    for problem in published.problems:
        _fail(problem)
    return BAD_INPUT if published.problems else 0


def _show(options: argparse.Namespace) -> int:
    show(collect(options.output), Console())
    return 0


def _spread(options: argparse.Namespace) -> int:
    found = spread(options.folders)
    show_spread(found, Console())
    return DIFFERENT if found.differing else 0


def _secret(variable: str) -> str:
    if not os.environ.get(variable):
        raise RecordError(f"--secret-variable {variable}: expected a variable with a value, found none.")
    return os.environ[variable]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Make and show the reports of a run.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="install the maker of the Allure page, once")
    build = commands.add_parser("build", help="make every report from what is recorded")
    build.add_argument(
        "--secret-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="an environment variable whose value must not stand in any recorded file (repeatable)",
    )
    for command in (build, commands.add_parser("show", help="print the verification table")):
        command.add_argument("--output", type=Path, default=OUTPUT, metavar="DIR", help="what a run left behind")
    compare = commands.add_parser("spread", help="compare several runs: the verdicts, and how far the times spread")
    compare.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="an output folder of a run")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _warn(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _fail(text: str) -> int:
    _warn(text)
    return BAD_INPUT


_COMMANDS = {"setup": _setup, "build": _build, "show": _show, "spread": _spread}

if __name__ == "__main__":
    sys.exit(main())
