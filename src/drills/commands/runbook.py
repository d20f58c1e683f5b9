"""`drills runbook`: show the document, check it, render its alert rules."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from drills.runbook import RunbookError, load, rules
from drills.runbook.as_json import as_json
from drills.runbook.show import document
from drills.runbook.validation import findings
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.runbook.model import Runbook

BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one sentence; the usage is in --help."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all is well, 2 with one sentence on stderr for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(load(options.runbook or settings().runbook_path), options))
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
    check = commands.add_parser("check", help="say what the document lacks")
    check.set_defaults(run=_check)
    render = commands.add_parser("rules", help="print the Prometheus rules")
    render.add_argument("--time-scale", type=float, default=1.0, metavar="N", help="divide every window by N")
    render.set_defaults(run=_rules)
    for command in (show, check, render):
        command.add_argument("--runbook", type=Path, metavar="FILE", help="another document")
    for command in (check, render):
        command.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of the stack that measures")
    return parser


def _show(runbook: Runbook, options: argparse.Namespace) -> int:
    if options.json:
        sys.stdout.write(json.dumps(as_json(runbook), indent=2, ensure_ascii=False) + "\n")
    else:
        Console(highlight=False).print(document(runbook))
    return 0


def _check(runbook: Runbook, options: argparse.Namespace) -> int:
    """Report findings: of the suite's own runbook they are errors, of another document warnings."""
    suite = settings()
    stack = options.stack or (suite.stack and suite.path(suite.stack))
    found = findings(runbook, descriptor.read(stack).expressions if stack else None)
    own = suite.runbook is not None and runbook.path.resolve() == suite.runbook_path.resolve()
    for finding in found:
        sys.stderr.write(f"{finding}\n" if own else f"warning: {finding}\n")
    counts = f"{len(runbook.incidents)} incidents, {len(runbook.causes)} causes, {len(found)} findings"
    sys.stdout.write(f"{runbook.path}: {counts}\n")
    return BAD_INPUT if own and found else 0


def _rules(runbook: Runbook, options: argparse.Namespace) -> int:
    stack = descriptor.read(options.stack or settings().stack_path)
    sys.stdout.write(rules.render(runbook, stack.expressions, options.time_scale))
    return 0
