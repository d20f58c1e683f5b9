"""What a runbook promises to be seen at verification, or as a symptom that is gone then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.runbook.model import Quantity


class Place(StrEnum):
    """Where a promise stands: a symptom has to be gone once the incident is over."""

    VERIFICATION = "verification"
    SYMPTOM = "symptom"


class Measure(StrEnum):
    """What a promise is measured by."""

    METRIC = "metric"
    OUT_OF_MEMORY = "out of memory"
    BROWSER_SIGN_IN = "browser sign-in"


@dataclass(frozen=True)
class Promise:
    """One sentence that promises something; *measure* is None where it is not understood.

    A metric has a *limit*, or *falls*, or (a symptom) only has to be back at its target. With *well* it has to keep
    a distance from its limit. *within_s* is the time that the document gives it, in seconds, not scaled.
    """

    text: str
    line: int
    place: Place
    measure: Measure | None = None
    quantity: Quantity | None = None
    limit: Threshold | None = None
    well: bool = False
    falls: bool = False
    within_s: float | None = None
