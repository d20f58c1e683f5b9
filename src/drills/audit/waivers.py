"""Findings that are accepted, each by name, for a reason, until a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from drills.audit.errors import AuditError
from drills.audit.finding import Finding, Kind, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

AUDIT: Final = "waivers"
OVER: Final = Kind(AUDIT, "over", Severity.MEDIUM, "Renew the waiver with its reason, or repair what it excuses.")
UNMATCHED: Final = Kind(AUDIT, "unmatched", Severity.LOW, "Remove the waiver: there is no such finding.")


@dataclass(frozen=True)
class Waiver:
    """*finding* is the id of a finding; *until* is the last day on which it is accepted."""

    finding: str
    reason: str
    until: date


def read_waivers(file: Path) -> tuple[Waiver, ...]:
    """Read the waivers of a TOML file; AuditError where one lacks its name, its reason or its day."""
    try:
        held = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AuditError(f"{file}: the waivers cannot be read: {error}") from None
    listed = held.get("waiver", [])
    if not isinstance(listed, list):
        raise AuditError(f"{file}: expected [[waiver]] tables")
    return tuple(_waiver(file, number, each) for number, each in enumerate(listed, 1))


def _waiver(file: Path, number: int, held: dict[str, Any]) -> Waiver:
    name, reason, until = (held.get(key) for key in ("finding", "reason", "until"))
    # A datetime is a date, too, but a day has no hour.
    if not (isinstance(name, str) and isinstance(reason, str) and reason.strip() and type(until) is date):
        raise AuditError(f"{file}: waiver {number} needs a finding, a reason and a day (until = 2027-01-31)")
    if held.keys() - {"finding", "reason", "until"}:
        raise AuditError(f"{file}: waiver {number} has more than a finding, a reason and a day")
    return Waiver(name, reason, until)


def unexcused(
    findings: Sequence[Finding], waivers: Iterable[Waiver], today: date, unseen: frozenset[str]
) -> tuple[Finding, ...]:
    """Return the findings that nothing excuses today, and one for each waiver that is over or excuses nothing.

    *unseen* are the audits that found nothing and did not look at everything: a waiver of theirs may still be needed.
    """
    waivers = tuple(waivers)
    there = {each.id for each in findings}
    good = {each.finding for each in waivers if each.until >= today}
    left = [each for each in findings if each.id not in good]
    for each in waivers:
        if each.until < today:
            left.append(OVER.found(each.finding, f"a waiver ended on {each.until}", f"{each.finding}: {each.reason}"))
        elif each.finding not in there and each.finding.partition("/")[0] not in unseen:
            left.append(UNMATCHED.found(each.finding, "a waiver excuses nothing", f"{each.finding}: {each.reason}"))
    return tuple(left)
