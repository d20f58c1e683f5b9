"""The result of one check: what was expected, what was seen, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(StrEnum):
    """What a check may end with. Only the first is green; the last two are no judgement at all."""

    PASS = "pass"  # noqa: S105  (an outcome, no password)
    DEGRADED = "degraded"
    FAIL = "fail"
    ERROR = "error"
    BLOCKED = "blocked"
    SKIPPED = "left out"


class CheckFailed(Exception):  # noqa: N818  (a measurement, not a mistake of this program)
    """The part answered, but not what the contract promises; the text is what was seen.

    *figures*, as in Observation, are what was measured in spite of that.
    """

    def __init__(self, text: str, figures: Mapping[str, float] | None = None) -> None:
        super().__init__(text)
        self.figures: Mapping[str, float] = figures or {}


class Skipped(Exception):  # noqa: N818  (a reason, not a mistake)
    """There is nothing here to check; the text says why."""


@dataclass(frozen=True)
class Observation:
    """What a check saw, in words, and in figures for curves: name with its unit, value.

    *remarks* are what a person has to know beside the promise that is kept; a summary shows them.
    """

    text: str
    figures: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One try: when it began (seconds since the epoch), how long it took, what it saw."""

    began_s: float
    seconds: float
    seen: str
    answered: bool


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    `seen` says what was seen, or why nothing was tried. `seconds` is how long all attempts took; `where` is the
    address, without passwords. `cause` names the failed check because of which this one was not tried.
    """

    name: str
    outcome: Outcome
    seen: str
    seconds: float
    next_step: str
    expected: str
    where: str
    attempts: tuple[Attempt, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    cause: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def unreached(self) -> bool:
        """Whether nothing answered: no connection, or no answer in time."""
        return self.outcome is Outcome.FAIL and bool(self.attempts) and not self.attempts[-1].answered

    @property
    def ok(self) -> bool | None:
        """Whether the part does what it promises, however slowly; None when nothing was tried."""
        if self.outcome in (Outcome.SKIPPED, Outcome.BLOCKED):
            return None
        return self.outcome in (Outcome.PASS, Outcome.DEGRADED)

    def __str__(self) -> str:
        if self.ok is None:
            return f"{self.name}: {self.seen}"
        if self.outcome is Outcome.PASS:
            return f"{self.name}: ok, saw {self.seen} after {self.seconds:.2f} s at {self.where}"
        if self.outcome is Outcome.DEGRADED:
            return f"{self.name}: degraded, saw {self.seen} after {self.seconds:.2f} s at {self.where}"
        blame = "the check itself failed, " if self.outcome is Outcome.ERROR else ""
        return (
            f"{self.name}: {blame}expected {self.expected}, saw {self.seen} after {self.seconds:.2f} s "
            f"at {self.where}; next: {self.next_step}"
        )
