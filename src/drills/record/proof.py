"""Compare the symptom in the steady state and during the fault, as the investigation recorded it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.events import RanCommand
from drills.record.symptom import ABNORMAL, NORMAL, Proof, Symptom, compare

if TYPE_CHECKING:
    from drills.record.history import History


def proof(history: History) -> Proof | None:
    """Compare the symptom before and during the fault; None where there is no symptom, or it was not read twice."""
    facts = history.head.symptom
    if facts is None:
        return None
    readings = history.of(RanCommand, purpose="diagnose", line=facts.line)
    injected, acted = history.milestone("injected"), history.milestone("acted")
    before = [ran.output for ran in readings if ran.when == NORMAL and (injected is None or ran.t <= injected)]
    during = [
        ran.output
        for ran in readings
        if ran.when == ABNORMAL and (injected or 0.0) <= ran.t and (acted is None or ran.t <= acted)
    ]
    if not before or not during:
        return None
    return compare(Symptom(facts.command, facts.pattern, facts.change), before[-1], during[-1])
