"""Other editions of one row: other lines as its solution, to see that each is needed and that no wrong one passes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from drills.record.placebo_watch import AT_LEAST_S, MINUTE_S
from drills.runbook.model import Command

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Incident

WATCH_MINUTES = (AT_LEAST_S / MINUTE_S, AT_LEAST_S / MINUTE_S)
"""The time that an edition gets, that of a placebo: with the documented time, each would take minutes to refute."""
NAME = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
ENOUGH = 2
"""Without one of its lines, a solution of fewer is the placebo."""


@dataclass(frozen=True)
class Edition:
    """The *commands* that stand in for the solution of the cause *cause*; *why* says what this should show."""

    cause: str
    name: str
    commands: tuple[Command, ...]
    why: str

    def of(self, runbook: Runbook) -> Runbook:
        """Return *runbook* with these commands as the solution of the cause."""
        incidents = tuple(self._incident(incident) for incident in runbook.incidents)
        return replace(runbook, incidents=incidents)

    def _incident(self, incident: Incident) -> Incident:
        return replace(incident, causes=tuple(self._cause(cause) for cause in incident.causes))

    def _cause(self, cause: Cause) -> Cause:
        if cause.id != self.cause:
            return cause
        return replace(cause, commands=self.commands, original=(), minutes=WATCH_MINUTES)


def ablations(cause: Cause) -> tuple[Edition, ...]:
    """Return the solution without each of its lines; none where it has one line only."""
    if len(cause.commands) < ENOUGH:
        return ()
    return tuple(_without(cause, left_out) for left_out in cause.commands)


def wrong_solutions(path: Path, runbook: Runbook) -> tuple[Edition, ...]:
    """Read solutions that must not be confirmed, from TOML; ValueError with one sentence for what cannot be used."""
    found = tuple(
        _wrong(path, number, table, runbook) for number, table in enumerate(_tables(path, "solution"), start=1)
    )
    if not found:
        raise ValueError(f"{path}: expected [[solution]] tables, found none")
    return found


@dataclass(frozen=True)
class Spare:
    """A line of a solution that the recovery does not need, known by a *text* that only this line contains."""

    cause: str
    text: str
    why: str


def spare_lines(path: Path) -> tuple[Spare, ...]:
    """Read which lines are known to be spare, from TOML; ValueError with one sentence for what cannot be used."""
    return tuple(
        Spare(*_texts(path, f"spare line {number}", table, ("cause", "line", "why")))
        for number, table in enumerate(_tables(path, "spare"), start=1)
    )


def _without(cause: Cause, left_out: Command) -> Edition:
    kept = tuple(command for command in cause.commands if command is not left_out)
    return Edition(cause.id, f"without line {left_out.line}", kept, left_out.text)


def _wrong(path: Path, number: int, table: dict[str, Any], runbook: Runbook) -> Edition:
    where = f"solution {number}"
    cause_id, name, why = _texts(path, where, table, ("cause", "name", "why"))
    if not NAME.fullmatch(name):
        raise ValueError(f"{path}: {where}: its name {name!r} is that of a folder: letters, digits and spaces")
    lines = table.get("lines")
    if not (isinstance(lines, list) and lines and all(isinstance(line, str) for line in lines)):
        raise ValueError(f"{path}: {where} needs `lines`, a list of command lines")
    cause = runbook.cause(cause_id)
    return Edition(cause_id, name, tuple(Command(cause.line, line) for line in lines), why)


def _texts(path: Path, where: str, table: dict[str, Any], keys: Iterable[str]) -> list[str]:
    lacking = [key for key in keys if not (isinstance(table.get(key), str) and table[key])]
    if lacking:
        raise ValueError(f"{path}: {where} needs {', '.join(lacking)}, each a text")
    return [table[key] for key in keys]


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: cannot be read as TOML: {error}") from error
    tables: list[dict[str, Any]] = found.pop(name, [])
    if found:
        raise ValueError(f"{path}: expected [[{name}]] tables only, found {', '.join(map(repr, found))}")
    return tables
