"""Documented commands that need not be drilled, each by name, for a reason, until a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from runbook.model import Command


@dataclass(frozen=True)
class Waiver:
    """*command* as the runbook writes it; *until* is the last day on which it need not be drilled."""

    command: str
    reason: str
    until: date


def read(path: Path) -> tuple[Waiver, ...]:
    """Read the waivers; ValueError with one sentence where one lacks its command, its reason or its day."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: not a readable list of waivers: {error}") from error
    return tuple(_waiver(path, number, each) for number, each in enumerate(raw.get("waiver", []), start=1))


def held(missing: Iterable[Command], waivers: Iterable[Waiver], today: date) -> list[str]:
    """Return a sentence for each command that nothing excuses, and for each waiver that excuses nothing any more."""
    missing, waivers = tuple(missing), tuple(waivers)
    valid = {waiver.command for waiver in waivers if waiver.until >= today}
    absent = {command.text for command in missing}
    return [
        *(
            f"line {command.line}: no drill typed `{command.text}`; drill it, or waive it with a reason and a day"
            for command in missing
            if command.text not in valid
        ),
        *(
            f"the waiver of `{waiver.command}` {why}; remove or renew it"
            for waiver in waivers
            if (why := _idle(waiver, absent, today))
        ),
    ]


def _idle(waiver: Waiver, absent: set[str], today: date) -> str | None:
    if waiver.until < today:
        return f"ended on {waiver.until}"
    return None if waiver.command in absent else "excuses nothing: that command was typed, or is not documented"


def _waiver(path: Path, number: int, raw: dict[str, Any]) -> Waiver:
    command, reason, until = (raw.get(key) for key in ("command", "reason", "until"))
    # A datetime is a date, too, but a day has no hour.
    if not (isinstance(command, str) and command and isinstance(reason, str) and reason and type(until) is date):
        raise ValueError(f"{path}: waiver {number} needs a command, a reason and a day (until = 2027-01-31)")
    return Waiver(command, reason, until)
