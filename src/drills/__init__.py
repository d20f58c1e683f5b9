"""Runbook drills: break a system in a sandbox, type what its runbook says, and judge whether that helped.

The names below are the public interface for a suite. Each is imported when it is first asked for: locust, which imports
`drills.load` in a process of its own, breaks where a TLS library was imported before it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from drills.drill.scenario import Confirmation, Fault, Scenario
    from drills.drill.suite import Suite
    from drills.drill.system import System
    from drills.load.profile import Profile
    from drills.plugin.experiment import RunDrill
    from drills.record.symptom import Symptom, SymptomChange
    from drills.record.verdicts import Arm, Verdict

__all__ = [
    "Arm",
    "Confirmation",
    "Fault",
    "Profile",
    "RunDrill",
    "Scenario",
    "Suite",
    "Symptom",
    "SymptomChange",
    "System",
    "Verdict",
]
_HOMES: Final = {
    "Arm": "drills.record.verdicts",
    "SymptomChange": "drills.record.symptom",
    "Confirmation": "drills.drill.scenario",
    "Fault": "drills.drill.scenario",
    "Profile": "drills.load.profile",
    "RunDrill": "drills.plugin.experiment",
    "Scenario": "drills.drill.scenario",
    "Symptom": "drills.record.symptom",
    "System": "drills.drill.system",
    "Suite": "drills.drill.suite",
    "Verdict": "drills.record.verdicts",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
