"""The command `drills`: the runbook, the sandbox's set-up, reports, records and measurements."""

from __future__ import annotations

import importlib
import io
import sys
from typing import TYPE_CHECKING, Final

from drills.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

BAD_INPUT: Final = 2
COMMANDS: Final = {
    "setup": ("drills.commands.setup:setup_command", "make ready what drills need: engine, images, browser, reports"),
    "doctor": ("drills.commands.doctor:main", "measure this machine: what will be unreliable, which time scale suits"),
    "clean": (
        "drills.commands.setup:clean_command",
        "remove all containers, images, networks and volumes of drills",
    ),
    "adopt": ("drills.commands.adopt:main", "write a small suite for a compose project, and say what is guessed"),
    "runbook": ("drills.commands.runbook:main", "show a runbook, check it, render its alert rules"),
    "plan": ("drills.commands.plan:main", "print every line that drills would type at a sandbox; nothing starts"),
    "incident": ("drills.commands.incident:main", "write an incident down, and make its documents from the runbook"),
    "audit": ("drills.commands.audit:main", "say what is wrong in rules, runbook, dashboards, scripts, compose files"),
    "report": ("drills.commands.report:main", "make and show the reports of a run, or compare several runs"),
    "merge": ("drills.commands.merge:main", "make one report of several runs, such as the shards of one"),
    "history": ("drills.commands.history:main", "keep what each run found out of each row; say which rows got worse"),
    "rejudge": ("drills.commands.rejudge:main", "judge recorded arms again, from their records alone"),
    "noise": (
        "drills.commands.noise:main",
        "hold drills beside busy processes; say what verdicts come of it",
    ),
    "mutants": ("drills.commands.mutants:main", "make small changes that nobody chose; say which of them a check sees"),
    "bench": ("drills.commands.bench:main", "measure boots, checks, and where a drill's time goes"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names; returns its exit code, 2 after one sentence for bad input."""
    _replace_what_cannot_be_written()
    name, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in {"-h", "--help"}:
        sys.stdout.write(_help())
        return 0
    if name not in COMMANDS:
        sys.stderr.write(f"drills: there is no command {name!r}; the commands are {', '.join(COMMANDS)}\n")
        return BAD_INPUT
    module, _, function = COMMANDS[name][0].partition(":")
    try:
        # A module is imported when its command runs: matplotlib alone takes a second, and few commands need it.
        code: int = getattr(importlib.import_module(module), function)(rest)
    except SettingsError as error:
        sys.stderr.write(f"drills: {error}\n")
        return BAD_INPUT
    return code


def _replace_what_cannot_be_written() -> None:
    """Show a `?` for what the terminal's encoding does not have, such as an emoji in Latin-1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: drills COMMAND …",
            "",
            "Make an incident runbook prove itself. Drills and checks run in pytest: see `pytest --help`.",
            "",
            *lines,
            "",
            "`drills COMMAND --help` shows the options of a command.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
