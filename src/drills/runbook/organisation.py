"""Read the severities, the steps of the first five minutes, the escalation, and what follows an incident."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.document import Field, Section, fields, item_text, item_texts, line_of, list_items
from drills.runbook.errors import LineError
from drills.runbook.model import AgendaItem, EscalationTrigger, FollowUp, PostIncident, Severity, Step
from drills.runbook.steps import steps
from drills.runbook.windows import duration_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.document import Node

SEVERITY = re.compile(r"(SEV-\d+):\s*(.+?)\s*\((P\d+)\)")
WORDED = re.compile(
    r"(?:[^\w\s]+\s*)*(?:SEV|severity)(?: level)?[ -]?(?P<id>\d+)\s*[:(\u2013\u2014-]+\s*(?P<name>.+?)\s*\)?"
    r"(?:\s*\((?P<priority>P\d+)\))?",
    re.IGNORECASE,
)
"""A level's heading in other words: `SEV1 - Critical`, `Severity 2: High`."""
TRIGGER = re.compile(r"escalate to (?:the )?(.+?) (?:if|when)", re.IGNORECASE)
BRACKETED = re.compile(r"(.+?)\s*\(([^()]*)\)(?:\s*\(.*\))?")
EVERY = re.compile(r"\bevery\b(.+)", re.IGNORECASE)


def severities(root: Section) -> tuple[Severity, ...]:
    """Read the severity levels; LineError where one lacks a part."""
    found = ((section, _titled(section)) for section in root.walk())
    return tuple(_severity(section, *title) for section, title in found if title is not None)


def _titled(section: Section) -> tuple[str, str, str] | None:
    """Return id, name and priority (empty where there is none) of a severity level, None where *section* is none."""
    title = SEVERITY.fullmatch(section.title)
    if title:
        return title[1], title[2], title[3]
    worded = WORDED.fullmatch(section.title)
    if worded is None or not any(field.label.lower() == "definition" for field in fields(section)):
        return None
    return f"SEV-{worded['id']}", worded["name"], worded["priority"] or ""


def _severity(section: Section, identity: str, name: str, priority: str) -> Severity:
    parts = {field.label.lower(): field for field in fields(section)}

    def part(label: str) -> Field:
        if label not in parts:
            raise LineError(section.line, f"{identity} has no {label}; expected a line '**{label.title()}**: …'")
        return parts[label]

    response, resolution = part("response time").text, part("resolution target").text
    communication = item_texts(part("communication").blocks)
    every = next((match[1] for line in communication if (match := EVERY.search(line))), "")
    return Severity(
        id=identity,
        name=name,
        priority=priority,
        definition=part("definition").text,
        examples=item_texts(part("examples").blocks),
        response_time=response,
        response_time_s=duration_s(response),
        team=item_texts(part("response team").blocks),
        communication=communication,
        update_every_s=duration_s(every),
        resolution_target=resolution,
        resolution_target_s=duration_s(resolution),
        line=section.line,
    )


def initial_response(root: Section) -> tuple[Step, ...]:
    """Read the steps of the first minutes."""
    section = find(root, "initial response")
    return steps(section.blocks) if section else ()


def escalation(root: Section) -> tuple[EscalationTrigger, ...]:
    """Read when to escalate to which role."""
    section = find(root, "escalation triggers")
    return tuple(
        EscalationTrigger(match[1], item_texts(field.blocks), field.line)
        for field in (fields(section) if section else ())
        if (match := TRIGGER.search(field.label)) is not None
    )


def post_incident(root: Section) -> PostIncident:
    """Read first steps, review and follow-ups; parts that the document lacks stay empty."""
    first, review, after = (find(root, title) for title in ("post-resolution", "review (", "follow-up"))
    parts = {field.label.lower(): field for field in fields(review)} if review else {}
    return PostIncident(
        first_steps_within=_bracket(first),
        first_steps=steps(first.blocks) if first else (),
        review_within=_bracket(review),
        participants=item_texts(_blocks(parts, "meeting")),
        agenda=tuple(_agenda(_blocks(parts, "agenda"))),
        follow_ups=tuple(_follow_ups(after.blocks)) if after else (),
    )


def _agenda(blocks: tuple[Node, ...]) -> Iterator[AgendaItem]:
    for item in list_items(blocks):
        title = BRACKETED.fullmatch(item_text(item))
        length_s = duration_s(title[2]) if title else None
        if title is None or length_s is None:
            raise LineError(line_of(item), f"{item_text(item)!r} has no minutes; expected '**Topic** (10 min)'")
        yield AgendaItem(title[1], length_s / 60, item_texts(item.children), line_of(item))


def _follow_ups(blocks: tuple[Node, ...]) -> Iterator[FollowUp]:
    for item in list_items(blocks):
        title = BRACKETED.fullmatch(item_text(item))
        name, deadline = (title[1], title[2]) if title else (item_text(item), "")
        yield FollowUp(name, deadline, item_texts(item.children), line_of(item))


def _blocks(parts: dict[str, Field], word: str) -> tuple[Node, ...]:
    return next((field.blocks for label, field in parts.items() if word in label), ())


def _bracket(section: Section | None) -> str:
    title = BRACKETED.fullmatch(section.title) if section else None
    return title[2] if title else ""


def find(root: Section, words: str) -> Section | None:
    """Return the first section whose title contains *words*, whatever the case."""
    return next((section for section in root.walk() if words in section.title.lower()), None)
