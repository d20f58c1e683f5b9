"""What an audit ends with: findings, and what it could not look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: whether it hides an incident, misleads a responder, or is a flaw."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: *id* is the same in every run, *evidence* is what was seen, *proposal* what to do."""

    id: str
    audit: str
    severity: Severity
    title: str
    evidence: str
    proposal: str


@dataclass(frozen=True)
class NotRun:
    """An audit, or a part of one, that nothing can be said of, and why."""

    audit: str
    reason: str


Result = Finding | NotRun


@dataclass(frozen=True)
class Kind:
    """One thing that an audit looks for: the middle of its findings' ids, how much it matters, and what to do."""

    audit: str
    name: str
    severity: Severity
    proposal: str

    def found(self, subject: str, title: str, evidence: str) -> Finding:
        """Return the finding about *subject*, which has to be the same text in every run."""
        name = re.sub(r"[^\w.:@#-]+", "-", subject).strip("-")
        return Finding(f"{self.audit}/{self.name}/{name}", self.audit, self.severity, title, evidence, self.proposal)


@dataclass(frozen=True)
class Outcome:
    """What came of all audits, in their order."""

    findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...]

    @property
    def unseen(self) -> frozenset[str]:
        """The audits that found nothing and did not look at everything."""
        return frozenset(one.audit for one in self.not_run) - {one.audit for one in self.findings}
