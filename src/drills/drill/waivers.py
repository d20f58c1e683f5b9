"""Documented commands and causes that need not be drilled, each by name, for a reason, until a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from drills.runbook.model import Command


@dataclass(frozen=True)
class Waiver:
    """*what* is a command as the runbook writes it, or a cause's id; *until* is its last day undrilled.

    With *exits* it excuses a command that was typed and ended with one of these exit codes, and nothing else: such a
    failure depends on where the drills run, and elsewhere the waiver is just not needed.
    """

    what: str
    reason: str
    until: date
    exits: tuple[int, ...] = ()


def read(path: Path) -> tuple[Waiver, ...]:
    """Read the waivers; ValueError with one sentence where one lacks its command, its reason or its day."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: not a readable list of waivers: {error}") from error
    return tuple(_waiver(path, number, raw_waiver) for number, raw_waiver in enumerate(raw.get("waiver", []), start=1))


def unexcused(missing: Mapping[Command, int | None], waivers: Iterable[Waiver], today: date) -> list[str]:
    """Return a sentence for each command that nothing excuses, and for each waiver that excuses nothing any more.

    *missing* has the exit code of each command that was typed and failed, and None for the others.
    """
    waivers = tuple(waivers)
    used = excusing(missing, waivers, today)
    covered, absent = {waiver.what for waiver in used}, {command.text for command in missing}
    return [
        *(_sentence(command, code) for command, code in missing.items() if command.text not in covered),
        *(
            f"the waiver of `{waiver.what}` excuses nothing: it was typed, or is not documented; remove it"
            for waiver in waivers
            if waiver.what not in absent and waiver.until >= today and not waiver.exits
        ),
    ]


def excusing(missing: Mapping[Command, int | None], waivers: Iterable[Waiver], today: date) -> list[Waiver]:
    """Return the waivers that excuse a missing command today."""
    codes: dict[str, set[int | None]] = {}
    for command, code in missing.items():
        codes.setdefault(command.text, set()).add(code)
    return [
        waiver
        for waiver in waivers
        if waiver.until >= today
        and waiver.what in codes
        and (not waiver.exits or codes[waiver.what].issubset(waiver.exits))
    ]


def _sentence(command: Command, code: int | None) -> str:
    if code is None:
        return f"line {command.line}: no drill typed `{command.text}`; drill it, or waive it with a reason and a day"
    return (
        f"line {command.line}: `{command.text}` failed in every drill that typed it, last with exit code {code}, and "
        "does not count as executed; correct it, or waive that exit code with a reason and a day"
    )


def waived(waivers: Iterable[Waiver], today: date) -> set[str]:
    """Return the commands and causes that are excused today, whatever came of them."""
    return {waiver.what for waiver in waivers if waiver.until >= today and not waiver.exits}


def over(waivers: Iterable[Waiver], today: date) -> list[str]:
    """Return a sentence for each waiver whose last day has passed."""
    return [
        f"the waiver of `{waiver.what}` ended on {waiver.until}; remove or renew it"
        for waiver in waivers
        if waiver.until < today
    ]


def _waiver(path: Path, number: int, raw: dict[str, Any]) -> Waiver:
    what = raw.get("command") or raw.get("cause")
    reason, until, exits = raw.get("reason"), raw.get("until"), raw.get("exits", [])
    # A datetime is a date, too, but a day has no hour.
    if not (isinstance(what, str) and isinstance(reason, str) and reason and type(until) is date):
        raise ValueError(f"{path}: waiver {number} needs a command or a cause, a reason and a day (until = 2027-01-31)")
    if not (isinstance(exits, list) and all(type(code) is int and code for code in exits)):
        raise ValueError(f"{path}: waiver {number}: exits has to be a list of exit codes that are not 0 (exits = [6])")
    return Waiver(what, reason, until, tuple(exits))
