"""Tell a command that did not run from one that did not help. Pure: over the `command` events alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.shell_text import placeholders, typed_prompt, variables_set, variables_used
from drills.common.visible import visible
from drills.record.events import RanCommand
from drills.record.last_words import failed
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.history import History

NOT_EXECUTABLE, NOT_FOUND = 126, 127
"""What a shell ends with where it found no program of that name, or one that it could not start."""
_SAID_BY_THE_SHELL = re.compile(
    r"^(?:\S*sh: (?:eval: )?(?:line \d+: |\d+: )?)(.*(?:syntax error|unexpected EOF|Unterminated).*)$",
    re.IGNORECASE | re.MULTILINE,
)
_NO_SUCH_PROGRAM = re.compile(r"^bash: (?:line \d+: )?(\S+: command not found)$", re.MULTILINE)
# A program that cannot start for want of memory or disk fails because of the incident, not of how it is written.
_EXHAUSTED = re.compile(
    r"no space left|cannot allocate memory|resource temporarily unavailable|too many open files", re.IGNORECASE
)


def not_run(history: History) -> tuple[Verdict, str] | None:
    """Return NOT RUN with the first documented command that did not run; None where all did, or none was typed."""
    known: set[str] = set()
    for command in history.of(RanCommand, purpose="resolve") + history.of(RanCommand, purpose="verify"):
        known.update(variables_set(command.text))
        why = _why(command, known)
        if why:
            return Verdict.NOT_RUN, f"line {command.line}: {why}; `{visible(command.text)}` did not run"
    return None


def _why(command: RanCommand, known: set[str]) -> str | None:
    if command.exit is None:
        return command.output or "it was not typed"
    prompt, unfilled = typed_prompt(command.text), placeholders(command.text)
    if prompt:
        return f"exit {command.exit}: the prompt {prompt} was typed with it"
    if unfilled:
        return f"exit {command.exit}: {', '.join(unfilled)} was never filled in"
    return _refused(command) or _unset(command, known)


def _refused(command: RanCommand) -> str | None:
    if command.exit in (NOT_EXECUTABLE, NOT_FOUND) and not _EXHAUSTED.search(command.output):
        return failed(command)
    said = _NO_SUCH_PROGRAM.search(command.output) or (
        _SAID_BY_THE_SHELL.search(command.output) if command.exit else None
    )
    return f"exit {command.exit}: {visible(said[1])}" if said else None


def _unset(command: RanCommand, known: set[str]) -> str | None:
    if not command.exit:
        return None
    unset = [name for name in variables_used(command.text) if name.isupper() and name not in known]
    return f"{failed(command)}; no line sets ${unset[0]}" if unset else None
