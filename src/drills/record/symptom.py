"""A reading of the documented investigation: how it has to change to prove the cause. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NORMAL, ABNORMAL = "normal", "abnormal"
TWICE = 2.0
SHOWN = 120


class SymptomChange(StrEnum):
    """How a reading shows that something is wrong."""

    APPEARS = "appears"
    VANISHES = "vanishes"
    GROWS = "grows"
    SHRINKS = "shrinks"


@dataclass(frozen=True)
class Symptom:
    """Which documented investigation reading proves the cause.

    *command* selects the one investigation command that contains it. *pattern* is a regular expression that appears
    in its output or vanishes from it, or whose first group is a number that at least doubles or halves.
    """

    command: str
    pattern: str
    change: SymptomChange


@dataclass(frozen=True)
class Proof:
    """Whether a reading proved the cause; *normal* and *abnormal* say in short what was read before and during it."""

    proved: bool
    normal: str
    abnormal: str


def compare(symptom: Symptom, before: str, during: str) -> Proof:
    """Say whether a reading changed in the way that proves the cause; nothing read proves nothing."""
    if symptom.change in (SymptomChange.GROWS, SymptomChange.SHRINKS):
        first, then = _number(symptom, before), _number(symptom, during)
        proved = first is not None and then is not None and _moved(symptom.change, first, then)
        return Proof(proved, _number_text(first), _number_text(then))
    first_match, then_match = _match(symptom, before), _match(symptom, during)
    appeared = first_match is None and then_match is not None and bool(before.strip())
    vanished = first_match is not None and then_match is None
    return Proof(
        appeared if symptom.change is SymptomChange.APPEARS else vanished,
        first_match or f"no {symptom.pattern}",
        then_match or f"no {symptom.pattern}",
    )


def _moved(change: SymptomChange, first: float, then: float) -> bool:
    if change is SymptomChange.GROWS:
        return then > first and then >= TWICE * first
    return then < first and TWICE * then <= first


def _match(symptom: Symptom, output: str) -> str | None:
    found = re.search(symptom.pattern, output, re.MULTILINE)
    return found[0].strip()[:SHOWN] if found else None


def _number(symptom: Symptom, output: str) -> float | None:
    found = [float(match[1]) for match in re.finditer(symptom.pattern, output, re.MULTILINE)]
    return sum(found) if found else None


def _number_text(value: float | None) -> str:
    return "no number" if value is None else f"{value:g}"
