"""What the documented investigation showed: one reading, in the steady state and during the fault. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.events import RanCommand
from drills.record.symptom import ABNORMAL, NORMAL, Proof, Symptom, compare

if TYPE_CHECKING:
    from drills.record.history import History


def proof(history: History) -> Proof | None:
    """Compare the symptom before and during the fault; None while one reading was not taken, or there is no symptom."""
    facts = history.head.symptom
    if facts is None:
        return None
    readings = history.of(RanCommand, purpose="diagnose", line=facts.line)
    injected, acted = history.milestone("injected"), history.milestone("acted")
    before = [each.output for each in readings if each.when == NORMAL and (injected is None or each.t <= injected)]
    during = [
        each.output
        for each in readings
        if each.when == ABNORMAL and (injected or 0.0) <= each.t and (acted is None or each.t <= acted)
    ]
    if not before or not during:
        return None
    return compare(Symptom(facts.command, facts.pattern, facts.change), before[-1], during[-1])
