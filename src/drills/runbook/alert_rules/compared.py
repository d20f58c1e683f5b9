"""What a comparison of a rule with the runbook ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Agreement(StrEnum):
    """What a comparison of a rule with the runbook ends with."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Compared:
    """The result of a comparison, and what decided it in words.

    *foreign* is whether the figure is of another kind than the documented one, so that its limit may be a guard.
    """

    agreement: Agreement
    why: str = ""
    foreign: bool = False


SAME: Final = Compared(Agreement.SAME)
