"""`drills runbook`: show the document, check it, render its alert rules."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from drills.common.visible import visible
from drills.runbook import RunbookError, load, rules
from drills.runbook.as_json import as_json
from drills.runbook.document import read
from drills.runbook.inventory import inventory
from drills.runbook.shell_check import Console as Programs
from drills.runbook.shell_check import shell_findings, unchecked
from drills.runbook.shell_syntax import SHELL, has_shell
from drills.runbook.show import document as shown
from drills.runbook.validation import findings
from drills.sandbox import descriptor
from drills.sandbox.console import programs
from drills.sandbox.errors import SandboxError
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="another document")
    check.add_argument("--strict", action="store_true", help="end with 2 on a finding, whosever document it is")
    check.set_defaults(run=_check)
    render = commands.add_parser("rules", help="print the Prometheus rules")
    render.add_argument("--time-scale", type=float, default=1.0, metavar="N", help="divide every window by N")
    render.set_defaults(run=_rules)
    for command in (show, check, render):
        command.add_argument("--runbook", type=Path, metavar="FILE", help="another document")
    for command in (check, render):
        command.add_argument("--stack", type=Path, metavar="FILE", help="descriptor of the stack that measures")
    return parser


def _show(path: Path, options: argparse.Namespace) -> int:
    runbook = load(path)
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
    document, runbook, unread = read(path), None, None
    try:
        runbook = load(path)
    except RunbookError as error:
        unread = error
    found = findings(runbook, about.expressions if about else None) if runbook else ()
    pieces = inventory(document, runbook) if runbook else None
    told = (*(pieces.found if pieces else ()), *shell_findings(document, runbook, _console(known=about is not None)))
    lines = dict.fromkeys(f"{path}:{line}: {sentence}" for line, sentence in sorted(told))
    found += tuple(line for line in lines if line != str(unread))
    for finding in found:
        sys.stderr.write(visible(f"{finding}\n" if own else f"warning: {finding}\n"))
    if not has_shell():
        sys.stderr.write(f"{path}: shell syntax was not checked: this machine has no {SHELL}\n")
    silent = unchecked(document, runbook)
    if silent and not own:
        told = f"code blocks that name no language, and so were not checked: {silent}; begin them with ```bash"
        sys.stderr.write(f"{path}: {told}\n")
    if runbook is None or pieces is None:
        sys.stderr.write(f"{unread}\n")
        return BAD_INPUT
    counts = f"{len(runbook.incidents)} incidents, {len(runbook.causes)} causes, {len(found)} findings"
    sys.stdout.write(f"{path}: {counts}\n")
    kept = f"{pieces.used} in the model, {pieces.prose} prose, not used, {len(pieces.found)} with a finding"
    sys.stdout.write(f"{path}: headings, rows, items, code spans and blocks: {kept}\n")
    return BAD_INPUT if found and (own or options.strict) else 0


def _console(*, known: bool) -> Programs:
    """Return the console of the sandbox where the stack is *known*, or else this machine's."""
    if known:
        return Programs(programs().__contains__, "of the sandbox's console")
    return Programs(
        lambda name: shutil.which(name) is not None, "on this machine; name a stack to check for its console"
    )


def _rules(path: Path, options: argparse.Namespace) -> int:
    runbook = load(path)
    stack = descriptor.read(options.stack or settings().stack_path)
    sys.stdout.write(rules.render(runbook, stack.expressions, options.time_scale))
    return 0
