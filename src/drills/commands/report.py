"""`drills report`: make every report from what is recorded, show it, compare runs."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console

from drills.commands.arguments import folder, secret
from drills.record.format import RecordError
from drills.reports.collect import collect
from drills.reports.comparison import compare_runs, print_comparison
from drills.reports.schemas import MODELS, schema
from drills.reports.summary_page import summary_page
from drills.reports.terminal_table import show
from drills.settings import settings

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


def _build(options: argparse.Namespace) -> int:
    # matplotlib takes a second to import; the other commands do not need it.
    from drills.reports.publish import publish  # noqa: PLC0415

    secrets = [secret(name) for name in options.secret_variable]
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


def _schema(options: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(schema(options.name), indent=2, ensure_ascii=False) + "\n")
    return 0


def _summary(options: argparse.Namespace) -> int:
    sys.stdout.write(summary_page(collect(options.output)))
    return 0


def _findings_table(options: argparse.Namespace) -> int:
    # The suite's scenarios are imported for this page only.
    from drills.commands.declared_findings import declared_findings  # noqa: PLC0415
    from drills.reports.findings_table import findings_table  # noqa: PLC0415

    sys.stdout.write(findings_table(collect(options.output), declared_findings()))
    return 0


def _compare(options: argparse.Namespace) -> int:
    comparison = compare_runs(options.folders)
    print_comparison(comparison, Console())
    return DIFFERENT if comparison.differing else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills report", description="Make and show the reports of a run.")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="make every report from what is recorded")
    build.add_argument(
        "--secret-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="an environment variable whose value must not be in any recorded file (repeatable)",
    )
    show_command = commands.add_parser("show", help="print the verification table")
    table = commands.add_parser("findings-table", help="print what the drills found as a page of Markdown")
    summary = commands.add_parser("summary", help="print the verdicts as Markdown, for a CI job or a pull request")
    for command in (build, show_command, table, summary):
        command.add_argument(
            "--output",
            type=folder,
            default=settings().path(settings().output),
            metavar="DIR",
            help="the output folder of a run",
        )
    schemas = commands.add_parser("schema", help="print the JSON Schema of a file that drills write")
    schemas.add_argument("name", choices=sorted(MODELS), metavar="FILE", help=f"one of {', '.join(sorted(MODELS))}")
    compare = commands.add_parser("compare", help="compare several runs: the verdicts, and how far the times differ")
    compare.add_argument("folders", nargs="+", type=folder, metavar="FOLDER", help="an output folder of a run")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _warn(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _fail(text: str) -> int:
    _warn(text)
    return BAD_INPUT


_COMMANDS = {
    "build": _build,
    "show": _show,
    "compare": _compare,
    "summary": _summary,
    "schema": _schema,
    "findings-table": _findings_table,
}
