"""A drill as a small value: which cause, which fault, under which traffic, and what we expect to find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from load.profiles import Profile
    from scenarios.drill.site import Site


class Arm(StrEnum):
    """Which half of the experiment: with the documented solution, or with everything but it."""

    DOCUMENTED = "documented"
    PLACEBO = "placebo"


class Verdict(StrEnum):
    """What the judge may say of an arm; only the first passes silently."""

    CONFIRMED = "CONFIRMED"
    CONFIRMED_WITH_LOSS = "CONFIRMED_WITH_LOSS"
    REFUTED = "REFUTED"
    SPONTANEOUS = "SPONTANEOUS"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"
    DIRTY = "DIRTY"


@dataclass(frozen=True)
class Confirmation:
    """What a second channel (never the alert's own metric) says of the fault."""

    ok: bool
    channel: str
    expected: str
    seen: str


class Fault(Protocol):
    """A native way to break the stack. Only the documented command cures it; `undo` is for after the verdict."""

    @property
    def name(self) -> str:
        """The fault as the stack's descriptor offers it."""

    @property
    def undo(self) -> tuple[str, ...]:
        """Lines that take the fault away; written to disk before anything is injected."""

    def inject(self, site: Site) -> None:
        """Break the stack."""

    def confirm(self, site: Site) -> Confirmation:
        """Look through the second channel whether the fault is in effect now."""

    def acknowledged(self) -> tuple[str, ...]:
        """Return the ids of jobs that the system acknowledged to the fault's own clients."""

    def stop(self) -> None:
        """End what this process itself keeps doing for the fault; may be called at any time, and twice."""


@dataclass(frozen=True)
class Scenario:
    """One row of the runbook under drill.

    *fault* makes a fresh fault for each arm, since a fault has a beginning and an end. *expected* is what earlier runs
    established; a drill whose verdict differs fails, in both directions, and *finding* says in one sentence what that
    expectation is about.
    """

    cause: str
    fault: Callable[[], Fault]
    traffic: Profile
    expected: Verdict = Verdict.CONFIRMED
    finding: str = ""
