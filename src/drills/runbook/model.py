"""The runbook as typed, frozen values: every number and command that other packages use comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from drills.runbook.errors import RunbookError

if TYPE_CHECKING:
    from pathlib import Path

    from drills.common.threshold import Threshold


class Quantity(StrEnum):
    """What an alert measures; base units: ratio, seconds, jobs, connections, services up, failures.

    OTHER is what only the alert's own rule can say: no expression measures it, and no drill watches it.
    """

    ERROR_RATE = "error_rate"
    RESPONSE_TIME_P95 = "response_time_p95"
    RESOURCE_UTILIZATION = "resource_utilization"
    QUEUE_DEPTH = "queue_depth"
    CONNECTION_POOL = "connection_pool"
    HEALTH = "health"
    AUTHENTICATION = "authentication"
    OTHER = "other"


@dataclass(frozen=True)
class Command:
    """One line to paste, byte for byte; `stdin` is what the document types into the program it opens."""

    line: int
    text: str
    stdin: str | None = None


@dataclass(frozen=True)
class Step:
    """A numbered step: what to do, in prose and in commands."""

    title: str
    notes: tuple[str, ...]
    commands: tuple[Command, ...]
    line: int


@dataclass(frozen=True)
class Alert:
    """An incident's alert; `window_s` is None where the document names no window, `limit` where it gives no threshold.

    `rule` is the PromQL of the rule that limit and window were taken from, None where they stand in the document.
    """

    name: str
    quantity: Quantity
    limit: Threshold | None
    window_s: float | None
    text: str
    line: int
    rule: str | None = None

    @property
    def threshold(self) -> Threshold:
        """The limit; RunbookError where neither the document nor a rule gives one."""
        if self.limit is None:
            raise RunbookError(
                f"the alert {self.name} has no threshold in the document; give its rule with --rules FILE"
            )
        return self.limit


@dataclass(frozen=True)
class Cause:
    """A row of an incident's table; `minutes` is the documented time, low and high, None where there is none.

    `original` is what the row said before a drill showed that it does not cure, or at what cost; mostly empty.
    """

    id: str
    name: str
    solution: str
    commands: tuple[Command, ...]
    minutes: tuple[float, float] | None
    notes: tuple[str, ...]
    line: int
    original: tuple[Command, ...] = ()

    @property
    def documented_minutes(self) -> tuple[float, float]:
        """The documented time, low and high; RunbookError where the document gives none."""
        if self.minutes is None:
            raise RunbookError(
                f"line {self.line}: cause {self.id} ({self.name}) has no documented time; say '5-10 min'"
            )
        return self.minutes


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
class RunbookPromise:
    """One sentence that promises something of a recovery; *measure* is None where it is not understood.

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


@dataclass(frozen=True)
class Incident:
    """One incident: its alert and symptoms, its investigation, its causes, and how to verify that it is over."""

    id: int
    name: str
    alert: Alert
    symptoms: tuple[str, ...]
    investigation: tuple[Step, ...]
    causes: tuple[Cause, ...]
    verification: tuple[Command, ...]
    expected: tuple[str, ...]
    heading: str
    line: int
    promises: tuple[RunbookPromise, ...] = ()
    about: tuple[str, ...] = ()
    severity: str = ""
    escalation: tuple[str, ...] = ()
    file: str | None = None
    """Where its lines count, below the folder of a runbook of several files; None in a runbook of one."""


@dataclass(frozen=True)
class Severity:
    """A severity level; the `_s` fields are seconds, None where the document gives no duration."""

    id: str
    name: str
    priority: str
    definition: str
    examples: tuple[str, ...]
    response_time: str
    response_time_s: float | None
    team: tuple[str, ...]
    communication: tuple[str, ...]
    update_every_s: float | None
    resolution_target: str
    resolution_target_s: float | None
    line: int


@dataclass(frozen=True)
class EscalationTrigger:
    """When to escalate to a role."""

    role: str
    conditions: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Metric:
    """A key metric: where it should be (`target`) and where the alert level is."""

    name: str
    quantity: Quantity
    target: Threshold
    alert: Threshold | None
    line: int


@dataclass(frozen=True)
class Template:
    """A text to fill in; `subject` is None where the document gives none."""

    name: str
    subject: str | None
    body: str
    line: int


@dataclass(frozen=True)
class AgendaItem:
    """A point of the review meeting and its minutes."""

    name: str
    minutes: float
    points: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class FollowUp:
    """Work after the incident, with its deadline as written."""

    name: str
    deadline: str
    points: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class PostIncident:
    """What follows a resolution: first steps, the review (PIR), follow-ups."""

    first_steps_within: str
    first_steps: tuple[Step, ...]
    review_within: str
    participants: tuple[str, ...]
    agenda: tuple[AgendaItem, ...]
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True)
class Dashboard:
    """A named dashboard and its address."""

    name: str
    url: str


@dataclass(frozen=True)
class Runbook:
    """The whole document."""

    path: Path
    sha256: str
    severities: tuple[Severity, ...]
    initial_response: tuple[Step, ...]
    escalation: tuple[EscalationTrigger, ...]
    incidents: tuple[Incident, ...]
    templates: tuple[Template, ...]
    post_incident: PostIncident
    contacts: tuple[tuple[str, str], ...]
    critical_commands: tuple[Command, ...]
    dashboards: tuple[Dashboard, ...]
    metrics: tuple[Metric, ...]
    dialect: str = "tables of causes"

    @property
    def causes(self) -> tuple[Cause, ...]:
        """All causes in document order."""
        return tuple(cause for incident in self.incidents for cause in incident.causes)

    @property
    def longest_window_s(self) -> float:
        """The longest alert window in seconds, 0 where no alert has one."""
        return max((incident.alert.window_s or 0.0 for incident in self.incidents), default=0.0)

    def incident(self, number: int) -> Incident:
        """Return incident *number*; RunbookError names the known ones."""
        for incident in self.incidents:
            if incident.id == number:
                return incident
        known = ", ".join(str(incident.id) for incident in self.incidents)
        raise RunbookError(f"{self.path}: there is no incident {number}; the document has {known}")

    def incident_of(self, quantity: Quantity | None) -> Incident | None:
        """Return the first incident whose alert measures *quantity*, None where the document has none."""
        return next((incident for incident in self.incidents if incident.alert.quantity is quantity), None)

    def cause(self, cause_id: str) -> Cause:
        """Return the cause with an id such as `5.1`; RunbookError names the known ones."""
        for cause in self.causes:
            if cause.id == cause_id:
                return cause
        known = ", ".join(cause.id for cause in self.causes)
        raise RunbookError(f"{self.path}: there is no cause {cause_id!r}; the document has {known}")

    def target(self, incident: Incident) -> Threshold:
        """Return the target of the incident's quantity: its strictest key metric's, else the negated alert level."""
        targets = [metric.target for metric in self.metrics if metric.quantity is incident.alert.quantity]
        if not targets:
            return incident.alert.threshold.negated()
        pick = min if targets[0].op in ("<", "<=") else max
        return pick(targets, key=lambda target: target.value)
