"""What `drills runbook check` says of a runbook: findings by line, and what became of every piece of it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.visible import visible
from drills.runbook.commands import commands_in
from drills.runbook.errors import LineError
from drills.runbook.inventory import Inventory, inventory
from drills.runbook.loading import EMPTY
from drills.runbook.losses import unmarked
from drills.runbook.rule_files import completed
from drills.runbook.shell_check import Console, shell_findings, unchecked
from drills.runbook.shell_syntax import SHELL, has_shell
from drills.runbook.validation import findings
from drills.sandbox.console import programs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.runbook import Runbook
    from drills.runbook.expressions import Expressions
    from drills.runbook.loading import Reading
    from drills.runbook.rule_files import Rule
    from drills.sandbox.descriptor import Descriptor


@dataclass(frozen=True)
class Against:
    """What a runbook is checked against: a stack, None where none is known, and the rules of its alerts."""

    stack: Descriptor | None
    rules: dict[str, Rule]
    source: str

    @property
    def expressions(self) -> Expressions | None:
        """What the stack measures."""
        return self.stack.expressions if self.stack else None


@dataclass(frozen=True)
class Checked:
    """What was found in one file; *runbook* is None where it was refused, *told* says where its limits are from."""

    reading: Reading
    runbook: Runbook | None
    pieces: Inventory
    found: tuple[str, ...]
    told: tuple[str, ...]
    silent: int


def checked(reading: Reading, against: Against) -> Checked:
    """Check one file of a runbook; its shell blocks are checked even where it is no runbook."""
    path, runbook = reading.path, reading.runbook
    told: tuple[str, ...] = ()
    if runbook is not None and against.rules:
        runbook, told = completed(runbook, against.rules, against.source)
    pieces = inventory(reading.document, runbook) if runbook else Inventory(0, 0, ())
    lines = (
        *reading.noticed,
        *(pieces.found if runbook else unmarked(reading.document.root)),
        *shell_findings(reading.document, runbook, _console(against.stack)),
    )
    found = dict.fromkeys(f"{path}:{line}: {sentence}" for line, sentence in sorted(lines))
    about = findings(runbook, against.expressions) if runbook else ()
    silent = unchecked(reading.document, runbook)
    return Checked(
        reading, runbook, pieces, (*about, *(line for line in found if line != reading.refused)), told, silent
    )


def report(results: tuple[Checked, ...], *, own: bool) -> None:
    """Print what was found; in the own runbook these are errors, in another one warnings."""
    for each in results:
        for finding in each.found:
            sys.stderr.write(visible(f"{finding}\n" if own else f"warning: {finding}\n"))
        if not has_shell():
            sys.stderr.write(f"{each.reading.path}: shell syntax was not checked: this machine has no {SHELL}\n")
        if each.silent and not own:
            told = f"code blocks that name no language, and so were not checked: {each.silent}; begin them with ```bash"
            sys.stderr.write(f"{each.reading.path}: {told}\n")
        for sentence in each.told:
            sys.stdout.write(visible(f"{each.reading.path}: {sentence}\n"))
        if each.runbook is None:
            sys.stderr.write(visible(f"{each.reading.refused}\n"))


def counts(results: Iterable[Checked]) -> str:
    """Return what all files that were read hold: incidents, causes, findings; then pieces by what became of them."""
    read = [(each, each.runbook) for each in results if each.runbook is not None]
    incidents = sum(len(book.incidents) for _, book in read)
    causes = sum(len(book.causes) for _, book in read)
    found = sum(len(each.found) for each, _ in read)
    used, prose = sum(each.pieces.used for each, _ in read), sum(each.pieces.prose for each, _ in read)
    told = sum(len(each.pieces.found) for each, _ in read)
    kept = f"{used} in the model, {prose} prose, not used, {told} with a finding"
    dialects = ", ".join(dict.fromkeys(book.dialect for _, book in read))
    return (
        f"{incidents} incidents, {causes} causes, {found} findings; read as {dialects}\n"
        f"headings, rows, items, code spans and blocks: {kept}"
    )


def holds_commands(reading: Reading) -> bool:
    """Say whether a file has anything to type; one without, such as an index, is no runbook and needs to be none.

    A file that cannot be read may have it.
    """
    if reading.document is EMPTY:
        return True
    try:
        return any(commands_in(section.blocks) for section in reading.document.root.walk())
    except LineError:
        return True


def _console(stack: Descriptor | None) -> Console:
    """Return the console of the sandbox where a stack is known, or else this machine's."""
    if stack is not None:
        variables = frozenset(stack.environment)
        return Console(programs().__contains__, "of the sandbox's console", variables, stack.placeholders)
    return Console(
        lambda name: shutil.which(name) is not None, "on this machine; name a stack to check for its console"
    )
