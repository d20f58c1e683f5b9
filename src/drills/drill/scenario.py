"""A drill as a small value: which cause, which fault, under which traffic, and what we expect to find."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread

    from drills.drill.system import System
    from drills.load.ledger import Promise
    from drills.load.profile import Profile
    from drills.record.symptom import Symptom
    from drills.record.verdicts import Lasting
    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Command, Incident


@dataclass(frozen=True)
class Confirmation:
    """What a second channel (never the alert's own metric) says of the fault."""

    ok: bool
    channel: str
    expected: str
    seen: str


class Fault(ABC):
    """A native way to break the stack, fresh for each arm. Only the documented command cures it."""

    name: str
    """The fault as the stack's descriptor offers it."""
    not_repeatable: str = ""
    """Why its load cannot be brought back once it was cured, in a few words; empty where `reapply_load` does that."""

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - healing restores all that most faults change
        """Return the lines for what healing the stack does not restore; they are known before anything is injected."""
        return ()

    def prepare(self, system: System) -> None:  # noqa: B027 - most faults need no preparation
        """Do what is slow and breaks nothing yet, such as deploying a release whose bug no request has met yet."""

    @abstractmethod
    def inject(self, system: System) -> None:
        """Break the stack."""

    @abstractmethod
    def confirm(self, system: System) -> Confirmation:
        """Return what a second channel (never the alert's own metric) says of the fault now."""

    def solution_applied(self, system: System) -> Confirmation | None:  # noqa: ARG002 - for most faults the metric says so
        """Return whether the solution reached the fault; None where the metric is not back at its target otherwise.

        It is asked after the recovery. In a solution of several steps, some alone may have brought the metric back.
        """
        return None

    def reapply_load(self, system: System) -> None:  # noqa: B027 - for most faults the ordinary traffic is the load
        """Put the same load on the recovered stack once more: a solution that only relieves fails under it."""

    def worked_off(self, system: System) -> bool:  # noqa: ARG002 - most loads leave nothing waiting
        """Return whether the system is done with what `reapply_load` has queued: only then is the recovery judged."""
        return True

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return what the system acknowledged to the fault's own clients."""
        return ()

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the threads of this process that keep the fault going: where one has ended, so has the fault."""
        return ()

    def stop(self) -> None:  # noqa: B027 - most faults keep nothing running here
        """End what this process itself keeps doing for the fault; may be called at any time, and twice."""


def fault_names(base: type[Fault] = Fault) -> frozenset[str]:
    """Return the names of all faults that were imported so far."""
    own = frozenset({base.name} if isinstance(getattr(base, "name", None), str) else ())
    return own.union(*(fault_names(kind) for kind in base.__subclasses__()))


@dataclass(frozen=True)
class Scenario:
    """One row of the runbook under drill.

    *fault* makes a fresh fault for each arm. *symptom* is the reading that shows it to the responder, and *rules_out*
    are those by which the incident's other causes would show themselves. *restart_after_recovery* is the role that is
    restarted in the end, which the cure has to outlive. *expected* is the verdict that earlier runs established; a
    drill that ends with another one fails, in both directions. So does one whose recovery lasts otherwise than
    *lasting* says; None is for a row that nothing is known of yet. *original* is the verdict of the row as it was
    first documented, where our edition corrects it, and *finding* says in one sentence what is wrong with that row.
    """

    cause: str
    fault: Callable[[], Fault]
    traffic: Profile
    symptom: Symptom
    restart_after_recovery: str
    expected: Verdict = Verdict.CONFIRMED
    lasting: Lasting | None = "cure"
    original: Verdict | None = None
    finding: str = ""
    rules_out: tuple[Symptom, ...] = ()

    def row(self, runbook: Runbook) -> tuple[Incident, Cause]:
        """Return the row of *runbook* under drill; raises RunbookError where it has none."""
        cause = runbook.cause(self.cause)
        return runbook.incident(int(cause.id.split(".")[0])), cause

    def expects(self, arm: Arm) -> Verdict | None:
        """Return the verdict that *arm* must end with, or None for an arm that this row does not have."""
        return {Arm.DOCUMENTED: self.expected, Arm.ORIGINAL: self.original, Arm.PLACEBO: Verdict.REFUTED}[arm]

    def expects_lasting(self, arm: Arm) -> Lasting | None:
        """Return whether the recovery of *arm* has to last; None for an arm of which that is not tried."""
        return self.lasting if arm is Arm.DOCUMENTED else None


def symptom_command(incident: Incident, symptom: Symptom) -> Command:
    """Return the investigation command that *symptom* selects; ValueError unless it is exactly one."""
    found = [
        command
        for step in incident.investigation
        for command in step.commands
        if symptom.command in f"{command.text}\n{command.stdin or ''}"
    ]
    if len(found) != 1:
        raise ValueError(
            f"expected one investigation command of incident {incident.id} that contains {symptom.command!r}, "
            f"found {len(found)}"
        )
    return found[0]
