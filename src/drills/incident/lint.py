"""Find in documents what no document may have: an unfilled placeholder, an odd date, a number from nowhere."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from drills.incident.afterwards import first_steps_deadline, follow_ups, item_deadline, review_deadline
from drills.incident.cadence import due_updates, every, next_due
from drills.incident.escalation import triggers
from drills.incident.meeting import meeting
from drills.incident.plain import plain
from drills.incident.review import timeline_rows
from drills.incident.severity import decided
from drills.incident.template import PATTERN, PLACEHOLDER
from drills.incident.times import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.incident.blocks import Document
    from drills.incident.facts import Facts
    from drills.runbook import Runbook

NOTHING = re.compile(r"(?<![\w/])(?:None|nan|NaN|null|undefined|Traceback)\b|\{\{|\}\}|\{%")
HASHES = {"runbook", "source_sha256"}
"""Fields of entries whose digits no document quotes."""
DAY = timedelta(days=1)
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?")
_CLOCK = re.compile(r"\b\d{2}:\d{2}(?::\d{2})?\b")
_LENGTH = re.compile(r"\b(?:\d+ hours? )?\d+(?:\.\d+)? (?:seconds?|minutes?)\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Allowed:
    """What may stand in a document of these facts: texts to replace, times of day, lengths, and numbers."""

    placeholders: frozenset[str]
    clocks: frozenset[str]
    lengths: frozenset[str]
    numbers: frozenset[str]
    first: datetime
    last: datetime


def lint(document: Document, allowed: Allowed) -> list[str]:
    """Return a sentence for each thing that is wrong with *document*."""
    return [f"{document.name}: {found}" for found in _found(plain(document), allowed)]


def _found(text: str, allowed: Allowed) -> Iterator[str]:
    yield from (f"the placeholder {each!r} is not filled" for each in allowed.placeholders if each in text)
    yield from (f"{found[0]!r} stands for nothing" for found in NOTHING.finditer(text))
    for found in _DATE.finditer(text):
        day = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        if not allowed.first - DAY <= day <= allowed.last:
            yield f"the date {found[0]} is not between the incident's beginning and its last deadline"
    rest = re.sub(r"INC-\d{4}-\d{2}-\d{2}-\d+|SEV-\d+", " ", text)
    rest = _DATE.sub(lambda found: f" {found[2]} " if found[2] else " ", rest)
    yield from (
        f"the time {found[0]} is not of the record" for found in _CLOCK.finditer(rest) if found[0] not in allowed.clocks
    )
    rest = _CLOCK.sub(" ", rest)
    rest = _LENGTH.sub(lambda found: " " if found[0] in allowed.lengths else found[0], rest)
    yield from (
        f"the number {each} is not of the record" for each in _NUMBER.findall(rest) if each not in allowed.numbers
    )


def allowed(facts: Facts) -> Allowed:
    """Return what may stand in the documents of *facts*: its file, the runbook, and what follows from times."""
    moments = sorted({*_moments(facts)})
    lengths = {length(later - earlier) for earlier, later in combinations(moments, 2)} | {length(timedelta(0))}
    told = json.dumps([each.model_dump(exclude=HASHES) for each in facts.entries]) + json.dumps(_said(facts.runbook))
    return Allowed(
        placeholders=frozenset(_placeholders(facts)),
        clocks=frozenset(text for at in moments for text in (f"{at:%H:%M:%S}", f"{at:%H:%M}"))
        | frozenset(_CLOCK.findall(told)),
        lengths=frozenset(lengths),
        numbers=frozenset(_NUMBER.findall(told)) | frozenset(_counted(facts)),
        first=facts.started,
        last=max(moments) + DAY,
    )


def _said(runbook: Runbook) -> list[object]:
    """Return what documents take from the runbook; not its lines' numbers, nor its chapters."""
    levels = [{**asdict(level), "line": ""} for level in runbook.severities]
    limits = [each.alert.limit.text for each in runbook.incidents if each.alert.limit]
    after = asdict(runbook.post_incident)
    steps = [each["points"] for each in (*after["agenda"], *after["follow_ups"])]
    deadlines = [each["deadline"] for each in after["follow_ups"]]
    within = [after["first_steps_within"], after["review_within"], *after["participants"]]
    conditions = [each.conditions for each in runbook.escalation]
    return [levels, limits, steps, deadlines, within, conditions]


def _moments(facts: Facts) -> Iterator[datetime]:
    yield from (facts.started, facts.at, *(each.when for each in facts.entries))
    later = [
        review_deadline(facts),
        first_steps_deadline(facts),
        next_due(facts),
        *(each.until for each in follow_ups(facts)),
    ]
    later += [each.met for each in triggers(facts)] + [item_deadline(facts, each) for each in ("high", "")]
    for each in due_updates(facts):
        later += [each.due, each.at]
    for at in (facts.opened.when, *(each.at for each in due_updates(facts))):
        between = every(facts.until(at))
        later.append(at + between if between else None)
    target = decided(facts).severity.resolution_target_s
    later.append(facts.opened.when + timedelta(seconds=target) if target else None)
    held = meeting(facts)
    later.append(held.begins if held else None)
    yield from (each for each in later if each)


def _counted(facts: Facts) -> Iterator[str]:
    """Yield the numbers that documents count themselves: updates, minutes of the agenda, minutes between updates."""
    yield from (str(each.number) for each in due_updates(facts))
    ends = 0.0
    yield "0"
    yield str(len(timeline_rows(facts, ())))
    for each in facts.runbook.post_incident.agenda:
        ends += each.minutes
        yield f"{ends:g}"
    yield from (f"{each.update_every_s / 60:g}" for each in facts.runbook.severities if each.update_every_s)


def _placeholders(facts: Facts) -> Iterator[str]:
    for template in facts.runbook.templates:
        for text in (template.body, template.subject or ""):
            yield from (found[0] for found in PLACEHOLDER.finditer(text))
            # Of a pattern with words behind it only its form counts, such as `X hours`.
            yield from (" ".join(found[0].split()[:2]) for found in PATTERN.finditer(text))
