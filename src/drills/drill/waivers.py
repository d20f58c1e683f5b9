"""Documented commands and causes that need not be drilled, each by name, for a reason, until a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.runbook.model import Command


@dataclass(frozen=True)
class Waiver:
    """*what* is a command as the runbook writes it, or a cause's id; *until* is its last day undrilled."""

    what: str
    reason: str
    until: date


def read(path: Path) -> tuple[Waiver, ...]:
    """Read the waivers; ValueError with one sentence where one lacks its command, its reason or its day."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: not a readable list of waivers: {error}") from error
    return tuple(_waiver(path, number, raw_waiver) for number, raw_waiver in enumerate(raw.get("waiver", []), start=1))


def unexcused(missing: Iterable[Command], waivers: Iterable[Waiver], today: date) -> list[str]:
    """Return a sentence for each command that nothing excuses, and for each waiver that excuses nothing any more."""
    missing, waivers = tuple(missing), tuple(waivers)
    excused = waived(waivers, today)
    absent = {command.text for command in missing}
    return [
        *(
            f"line {command.line}: no drill typed `{command.text}`; drill it, or waive it with a reason and a day"
            for command in missing
            if command.text not in excused
        ),
        *(
            f"the waiver of `{waiver.what}` excuses nothing: it was typed, or is not documented; remove it"
            for waiver in waivers
            if waiver.what not in absent and waiver.what in excused
        ),
    ]


def waived(waivers: Iterable[Waiver], today: date) -> set[str]:
    """Return the commands and causes that are excused today."""
    return {waiver.what for waiver in waivers if waiver.until >= today}


def over(waivers: Iterable[Waiver], today: date) -> list[str]:
    """Return a sentence for each waiver whose last day has passed."""
    return [
        f"the waiver of `{waiver.what}` ended on {waiver.until}; remove or renew it"
        for waiver in waivers
        if waiver.until < today
    ]


def _waiver(path: Path, number: int, raw: dict[str, Any]) -> Waiver:
    what = raw.get("command") or raw.get("cause")
    reason, until = raw.get("reason"), raw.get("until")
    # A datetime is a date, too, but a day has no hour.
    if not (isinstance(what, str) and isinstance(reason, str) and reason and type(until) is date):
        raise ValueError(f"{path}: waiver {number} needs a command or a cause, a reason and a day (until = 2027-01-31)")
    return Waiver(what, reason, until)
