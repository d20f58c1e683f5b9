"""The names of the arms of an experiment, and of the verdicts on an arm."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Lasting = Literal["cure", "relief", "unknown"]
"""Whether a recovery lasts, under the same load again and after a restart."""


class Arm(StrEnum):
    """Which part of the experiment: our documented solution, the one first documented, or everything but a solution."""

    DOCUMENTED = "documented"
    ORIGINAL = "original"
    PLACEBO = "placebo"


class Verdict(StrEnum):
    """What the judge may say of an arm; its scenario says which of these a test needs."""

    CONFIRMED = "CONFIRMED"
    CONFIRMED_WITH_LOSS = "CONFIRMED_WITH_LOSS"
    REFUTED = "REFUTED"
    NOT_RUN = "NOT RUN"
    UNPROVEN = "UNPROVEN"
    SPONTANEOUS = "SPONTANEOUS"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"
    DIRTY = "DIRTY"


RECOVERED = (Verdict.CONFIRMED, Verdict.CONFIRMED_WITH_LOSS)
"""The verdicts on an arm whose solution brought the system back."""
ARMS = DOCUMENTED, ORIGINAL, PLACEBO = tuple(Arm)
"""In the order of the reports: our solution, the one first documented (only where it is a finding), and none at all."""
Reasoned = tuple[Verdict, str]
"""A verdict with its reason in one sentence."""
