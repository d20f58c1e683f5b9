"""The rows of the runbook: which could be held as a drill, and why the others could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.adopt.faults import Guess, guess
from drills.adopt.symptoms import symptom
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Collection

    from drills.compose.derived import Derived
    from drills.record.symptom import Symptom
    from drills.runbook.model import Cause, Incident, Runbook


@dataclass(frozen=True)
class Row:
    """A cause of the runbook; *guess* and *symptom* are what its drill would hold.

    *why_not* says why it has no drill, and *waits* why its drill is left out of every run as the suite is written.
    """

    incident: Incident
    cause: Cause
    guess: Guess | None = None
    symptom: Symptom | None = None
    why_not: str = ""
    waits: str = ""


def rows(runbook: Runbook, told: Derived, measured: Collection[Quantity]) -> tuple[Row, ...]:
    """Return each row of *runbook*; *measured* are the quantities that have an expression."""
    return tuple(_row(incident, cause, told, measured) for incident in runbook.incidents for cause in incident.causes)


def _row(incident: Incident, cause: Cause, told: Derived, measured: Collection[Quantity]) -> Row:
    why_not = _not_drillable(incident, told)
    if why_not:
        return Row(incident, cause, why_not=why_not)
    found = guess(cause, incident.alert.quantity, told)
    if isinstance(found, str):
        return Row(incident, cause, why_not=found)
    reading = symptom(found, incident, told)
    if reading is None:
        return Row(incident, cause, why_not=f"no command of its investigation would show that {_what(found)}")
    return Row(incident, cause, found, reading, waits=_waits(incident, told, measured))


def _not_drillable(incident: Incident, told: Derived) -> str:
    alert = incident.alert
    if alert.quantity is Quantity.OTHER:
        return f"what its alert {alert.name} measures is none of the quantities that the engine watches"
    if alert.limit is None:
        return f"its alert {alert.name} has no limit in the document"
    return "" if "gateway" in told.keys["ports"] else "the project has no port at which users would meet a fault"


def _waits(incident: Incident, told: Derived, measured: Collection[Quantity]) -> str:
    if "metrics" not in told.keys["ports"]:
        return "the project has no Prometheus that a drill could ask, so no alert can be seen"
    if "rules" not in told.keys:
        return "its Prometheus reads no file beside yours, where the rules of the runbook could be put: `rules`"
    if incident.alert.quantity not in measured:
        return f"nothing says how {incident.alert.quantity} is measured: [expressions]"
    return ""


def _what(found: Guess) -> str:
    return f"{found.service.name} has the fault {found.fault.name!r}"
