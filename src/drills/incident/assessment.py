"""What the runbook says of an incident: which severity by which sentence, whom to call, which update was due when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from drills.incident.blocks import Block, Document, Line, Lines, Table, Title, bullets, words
from drills.incident.cadence import due_updates, next_due
from drills.incident.escalation import triggers
from drills.incident.severity import decided
from drills.incident.times import exact, to_minute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from drills.incident.facts import Facts
    from drills.incident.severity import Decision


def assessment(facts: Facts) -> Document:
    """Return the severity with its sentence, the escalation, and the rhythm of the updates."""
    subject = f"{facts.opened.id}: severity, escalation, updates"
    return Document(
        "assessment", subject, (), (Title(subject, 1), *_severity(facts), *_escalation(facts), *_updates(facts))
    )


def levels(facts: Facts) -> Iterator[tuple[datetime, Decision]]:
    """Yield each level that the incident had, and from when on."""
    before = None
    for at in dict.fromkeys(each.when for each in facts.entries if each.when >= facts.opened.when):
        found = decided(facts.until(at))
        if before is None or found.severity != before.severity:
            yield at, found
            before = found


def _severity(facts: Facts) -> Iterator[Block]:
    yield Title("Severity", 2)
    rows = [(exact(at), each.severity.id, each.sentence, each.why) for at, each in levels(facts)]
    yield Table(("From", "Level", "Sentence of the runbook", "Why it applies"), tuple(rows))
    found = decided(facts)
    if found.observed:
        seen = found.observed
        yield words(f"By what was measured it would be {seen.severity.id}: {seen.sentence!r}, because {seen.why}.")
    if found.to_confirm:
        yield words("Only a person can say:")
        yield bullets(*found.to_confirm)
    yield Lines(tuple(_terms(facts, found)))
    if facts.opened.runbook.sha256 != facts.runbook.sha256:
        yield words("The runbook that these documents follow is not the edition with which the incident was opened.")


def _terms(facts: Facts, found: Decision) -> Iterator[Line]:
    level = found.severity
    yield Line(level.response_time, "Response time")
    yield Line("; ".join(level.team), "Response team")
    yield Line("; ".join(level.communication), "Communication")
    target = level.resolution_target
    if level.resolution_target_s:
        by = facts.opened.when + timedelta(seconds=level.resolution_target_s)
        target = f"{target}, so by {to_minute(by)}; {_kept(facts, by)}"
    yield Line(target, "Resolution target")


def _kept(facts: Facts, by: datetime) -> str:
    if facts.ended is None:
        return f"it was {'still ' if facts.at > by else ''}open at {to_minute(facts.at)}"
    return f"{'kept' if facts.ended <= by else 'not kept'}: it was resolved at {to_minute(facts.ended)}"


def _escalation(facts: Facts) -> Iterator[Block]:
    yield Title("Escalation", 2)
    rows = tuple((each.role, each.condition, each.said) for each in triggers(facts))
    if rows:
        yield Table(("Role", "Condition of the runbook", "Whether it was met"), rows)
    else:
        yield words("The runbook names no condition.")


def _updates(facts: Facts) -> Iterator[Block]:
    yield Title("Status updates", 2)
    rows = tuple(
        (f"#{each.number}", to_minute(each.due) if each.due else "none", each.said) for each in due_updates(facts)
    )
    if rows:
        yield Table(("Update", "Due", "How it came"), rows)
    due = next_due(facts)
    if due:
        overdue = due < facts.at
        said = f"An update is overdue since {to_minute(due)}" if overdue else f"The next is due by {to_minute(due)}"
        yield words(f"{said}.")
    elif not rows:
        why = "before the resolution" if facts.ended else f"at {decided(facts).severity.id}"
        yield words(f"No update was due {why}.")
