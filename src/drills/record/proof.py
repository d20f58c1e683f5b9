"""Compare the symptom in the steady state and during the fault, as the investigation recorded it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.record.events import RanCommand
from drills.record.symptom import ABNORMAL, NORMAL, Proof, Symptom, compare

if TYPE_CHECKING:
    from drills.record.head import SymptomHead
    from drills.record.history import History


def proof(history: History) -> Proof | None:
    """Compare the symptom before and during the fault; None where there is no symptom, or it was not read twice.

    It proves nothing where a reading that rules another cause out was not taken, or shows that cause.
    """
    facts = history.head.symptom
    found = _compared(history, facts) if facts else None
    if found is None or not found.proved:
        return found
    other = next((why for each in history.head.rules_out or () if (why := _not_ruled_out(history, each))), None)
    return replace(found, proved=False, abnormal=f"{found.abnormal}, {other}") if other else found


def _not_ruled_out(history: History, facts: SymptomHead) -> str | None:
    found = _compared(history, facts)
    if found is None:
        return f"and nothing that rules out another cause (line {facts.line})"
    return f"and {found.abnormal!r}, which another cause shows (line {facts.line})" if found.proved else None


def _compared(history: History, facts: SymptomHead) -> Proof | None:
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
