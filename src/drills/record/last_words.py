"""Word how a command failed: its exit code, and the last line that it printed. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.visible import visible
from drills.record.events import RanCommand

if TYPE_CHECKING:
    from drills.record.history import History

LENGTH = 200
"""Characters of a failed command's last line that stand in a reason."""


def failed(command: RanCommand) -> str:
    """Word how a command failed: its exit code, and its last words where it had any."""
    said = last_words(command.output)
    return f"exit {command.exit}{f': {said}' if said else ''}"


def failed_commands(history: History) -> str:
    """Word, for the end of a sentence, which commands of the solution failed; empty where none did."""
    wrong = [command for command in history.of(RanCommand, purpose="resolve") if command.exit != 0]
    return "".join(f"; `{visible(each.text)}` (line {each.line}) failed with {failed(each)}" for each in wrong)


def last_words(output: str) -> str:
    """Return the last line of an output, without the shell's own name; empty where nothing was printed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = re.sub(r"^bash: (eval: )?(line \d+: )?", "", lines[-1]) if lines else ""
    return visible(said[-LENGTH:])
