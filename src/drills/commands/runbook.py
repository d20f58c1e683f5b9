"""`drills runbook`: show the document, check it, render its alert rules."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from drills.commands.runbook_check import Against, checked, counts, holds_commands, report
from drills.common.visible import visible
from drills.runbook import RunbookError, rules
from drills.runbook.as_json import as_json
from drills.runbook.loading import joined, readings
from drills.runbook.rule_files import completed, rules_of
from drills.runbook.show import document as shown
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.runbook import Runbook
BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one sentence; the usage is in --help."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all is well, 2 with one sentence on stderr for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options.runbook or getattr(options, "file", None) or settings().runbook_path, options))
    except (RunbookError, SandboxError) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except BrokenPipeError:
        # The reader of the output, such as `head`, has ended; without this the interpreter would fail at its exit.
        sys.stdout = None
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="drills runbook", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="show|check|rules", parser_class=_Parser)
    show = commands.add_parser("show", help="print the document")
    show.add_argument("--json", action="store_true", help="as JSON: windows in seconds, times in minutes")
    show.set_defaults(run=_show)
    check = commands.add_parser("check", help="say what the document lacks, and which commands cannot run")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="another document, or a folder of them")
    check.add_argument("--strict", action="store_true", help="end with 2 on a finding, whosever document it is")
    check.set_defaults(run=_check)
    render = commands.add_parser("rules", help="print the Prometheus rules")
    render.add_argument("--time-scale", type=float, default=1.0, metavar="N", help="divide every window by N")
    render.set_defaults(run=_rules)
    for command in (show, check, render):
        command.add_argument("--runbook", type=Path, metavar="FILE", help="another document")
    for command in (show, check):
        command.add_argument(
            "--rules", metavar="FILE|URL", help="the alerts' rules, or their Prometheus: limits that the document lacks"
        )
    for command in (check, render):
        command.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of the stack that measures")
    return parser


def _loaded(path: Path) -> Runbook:
    """Read the runbook, and say on stderr which files of a folder are refused."""
    found = readings(path)
    runbook = joined(path, found)
    for each in found:
        if each.runbook is None and holds_commands(each):
            sys.stderr.write(visible(f"left out: {each.refused}\n"))
    return runbook


def _show(path: Path, options: argparse.Namespace) -> int:
    runbook = _with_rules(_loaded(path), options)
    if options.json:
        sys.stdout.write(json.dumps(as_json(runbook), indent=2, ensure_ascii=False) + "\n")
    else:
        Console(highlight=False).print(shown(runbook))
    return 0


def _check(path: Path, options: argparse.Namespace) -> int:
    """Report findings: of the suite's own runbook they are errors, of another document warnings.

    A document that cannot be read as a runbook is an error, and its shell blocks are checked all the same.
    """
    suite = settings()
    stack = options.stack or (suite.stack and suite.path(suite.stack))
    about = descriptor.read(stack) if stack else None
    own = suite.runbook is not None and path.resolve() == suite.runbook_path.resolve()
    rules = rules_of(options.rules) if options.rules else {}
    against = Against(about, rules, options.rules or "")
    results = tuple(checked(each, against) for each in readings(path))
    # A folder has indexes beside its runbooks; a file that was named has to be one.
    results = tuple(each for each in results if not path.is_dir() or each.runbook or holds_commands(each.reading))
    report(results, own=own)
    if not any(each.runbook for each in results):
        if not results:
            sys.stderr.write(f"{path}: no file of this folder has a command; expected one runbook at least\n")
        return BAD_INPUT
    for line in counts(results).splitlines():
        sys.stdout.write(f"{path}: {line}\n")
    refused = any(each.runbook is None for each in results)
    wrong = refused or any(each.found for each in results)
    return BAD_INPUT if wrong and (own or options.strict) else 0


def _with_rules(runbook: Runbook, options: argparse.Namespace) -> Runbook:
    """Return *runbook* with what its alerts' rules add, and say on stderr where it is from."""
    if not options.rules:
        return runbook
    whole, told = completed(runbook, rules_of(options.rules), options.rules)
    sys.stderr.write("".join(visible(f"{runbook.path}: {sentence}\n") for sentence in told))
    return whole


def _rules(path: Path, options: argparse.Namespace) -> int:
    runbook = _loaded(path)
    stack = descriptor.read(options.stack or settings().stack_path)
    sys.stdout.write(rules.render(runbook, stack.expressions, options.time_scale))
    return 0
