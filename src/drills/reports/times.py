"""Compare a row's documented time with the measured one."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from drills.record.verdicts import RECOVERED

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict

SECONDS_A_MINUTE = 60.0
IMMEDIATE_MIN = 1.0
"""Documents count in minutes: what is documented as immediate (0 minutes) may take less than one."""
MARGIN = 3.0
"""A document that allows more than this many times what was measured is said to have a margin."""

Judgement = Literal["within", "longer", "faster"]
Minutes = tuple[float, float]


@dataclass(frozen=True)
class Timing:
    """What was measured, in seconds, and what it says of the documented minutes.

    *proposed* are the minutes (low, high) to document instead; None where the document may stay as it is.
    """

    measured_s: float
    judgement: Judgement
    proposed: Minutes | None


def timing(verdict: ArmVerdict) -> Timing | None:
    """Compare a solution's time with the documented one; None where the metric never came back by the solution.

    Measured is from the first command until the metric is under its target, or until the last command has ended,
    whichever is later: the documented time is that of the whole solution.
    """
    if verdict.ttr_s is None or verdict.action_s is None:
        return None
    judged = judge_time(max(verdict.ttr_s, verdict.action_s), verdict.documented_minutes)
    came_late = verdict.verdict == "REFUTED" and judged.judgement == "longer"
    return judged if verdict.verdict in RECOVERED or came_late else None


def judge_time(measured_s: float, documented: Minutes) -> Timing:
    """Judge *measured_s* by the *documented* minutes, low and high.

    Longer than the high figure is an error of the document, and whole minutes that would have been enough are
    proposed. Less than a third of the low figure is faster, which is none: another day it may take longer.
    """
    low, high = documented
    if measured_s > max(high, IMMEDIATE_MIN) * SECONDS_A_MINUTE:
        enough = float(ceil(measured_s / SECONDS_A_MINUTE))
        return Timing(measured_s, "longer", (low if low < high else enough, enough))
    faster = measured_s * MARGIN < low * SECONDS_A_MINUTE
    return Timing(measured_s, "faster" if faster else "within", None)
