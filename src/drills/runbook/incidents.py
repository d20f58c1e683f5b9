"""Read the incidents: alert, symptoms, investigation, the table of causes, the verification."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.threshold import Threshold
from drills.runbook.causes import causes
from drills.runbook.chapters import Chapter, chapters
from drills.runbook.commands import commands_in
from drills.runbook.document import (
    Field,
    Node,
    Section,
    fields,
    item_texts,
    plain,
)
from drills.runbook.errors import LineError
from drills.runbook.measures import measured, spaced, statistics
from drills.runbook.model import Alert, Incident, Quantity
from drills.runbook.promises import promises
from drills.runbook.quantities import DIMENSIONS, limit, maximum, number
from drills.runbook.steps import steps
from drills.runbook.windows import window_s

if TYPE_CHECKING:
    from collections.abc import Iterable

NONE_FOUND = (
    "no incident was found; expected headings such as '### 1. High Error Rate' with an alert and a table of causes, or"
    " an alert's name with Diagnosis and Mitigation below it, and commands in code spans or blocks"
)
PARTS = ("alert", "symptom", "investigation", "causes", "verification")


def incidents(root: Section) -> tuple[Incident, ...]:
    """Read every chapter that has the form of an incident; LineError where there is none."""
    found: list[Incident] = []
    for chapter in chapters(root, PARTS):
        number = chapter.number or max((other.id for other in found), default=0) + 1
        if any(other.id == number for other in found):
            raise LineError(chapter.section.line, f"incident {number} is there twice; give each its own number")
        found.append(_incident(chapter, number))
    if not found:
        raise LineError(1, NONE_FOUND)
    return tuple(found)


def _incident(chapter: Chapter, number: int) -> Incident:
    section = chapter.section
    parts = _parts(section)
    verification = _part(parts, "verification")
    alert = _alert(section, chapter.name, parts.get("alert"))
    return Incident(
        id=number,
        name=chapter.name,
        alert=alert,
        symptoms=item_texts(_blocks(_part(parts, "symptom"))),
        investigation=steps(_blocks(_part(parts, "investigation")), "Investigation"),
        causes=causes(section, number, _part(parts, "causes")),
        verification=commands_in(_blocks(verification)),
        expected=item_texts(_blocks(verification)),
        heading=section.title,
        line=section.line,
        promises=promises(_blocks(verification), _blocks(_part(parts, "symptom")), alert.quantity),
    )


def _parts(section: Section) -> dict[str, Field]:
    """Collect an incident's parts; each is a bold label or, after the causes' own headings, a heading."""
    headed = [Field(child.title, child.line, (), child.blocks) for child in section.children]
    parts = {field.label.lower(): field for field in (*headed, *fields(section))}
    for child in section.children:
        stray = next((field for field in fields(child) if _is_part(field.label)), None)
        if stray:
            sentence = (
                f"{stray.label!r} stands under {child.title!r}; give it a heading of its own: '#### {stray.label}'"
            )
            raise LineError(stray.line, sentence)
    return parts


def _is_part(label: str) -> bool:
    return any(word in label.lower() for word in PARTS)


def _part(parts: dict[str, Field], word: str) -> Field | None:
    return next((field for label, field in parts.items() if word in label), None)


def _blocks(field: Field | None) -> tuple[Node, ...]:
    return field.blocks if field else ()


def _alert(section: Section, incident: str, field: Field | None) -> Alert:
    if field is None or not field.text:
        sentence = f"incident {section.title!r} has no alert; expected a line '**Alert**: `Name` - when it fires'"
        raise LineError(section.line, sentence)
    name = next((node.content for node in field.inline if node.type == "code_inline"), None)
    words = "".join(plain([node]) for node in field.inline if node.type != "code_inline")
    text = words.strip().lstrip(":").strip().lstrip("-\u2013\u2014").strip()
    of = measured(field.line, text, spaced(name or ""), section.title)
    if of is None:
        raise LineError(field.line, f"the alert {text!r} names no known quantity; expected words like 'error rate'")
    if of is Quantity.RESPONSE_TIME_P95:
        _only_p95(field.line, spaced(name or ""), section.title)
    threshold = _threshold(section, field.line, of, text)
    return Alert(
        name=name or "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", incident)),
        quantity=of,
        limit=threshold,
        window_s=window_s(field.line, of, text),
        text=text,
        line=field.line,
    )


def _only_p95(line: int, *texts: str) -> None:
    for named in (named for text in texts for named in statistics(text) if named != "p95"):
        raise LineError(line, f"the alert's name or heading says {named}, and what is measured here is the p95")


def _threshold(section: Section, line: int, of: Quantity, text: str) -> Threshold:
    """Read the alert's limit; "all connections" is the maximum that the incident names elsewhere."""
    if not (of is Quantity.CONNECTION_POOL and re.search(r"\ball\b|exhausted", text, re.IGNORECASE)):
        return limit(line, of, text)
    most = maximum([text, *(words for part in section.walk() for words in _texts(part.blocks))])
    if most is None:
        raise LineError(line, f"the alert {text!r} needs the pool's size; expected 'max (50)' in this incident")
    unit = DIMENSIONS[of].unit
    return Threshold(">=", number(most), unit, f">= {most} {unit}")


def _texts(blocks: Iterable[Node]) -> Iterable[str]:
    for block in blocks:
        for node in block.walk():
            if node.type == "inline":
                yield plain([node])
            elif node.type in ("fence", "code_block"):
                yield node.content
