"""All documents of an incident, made of its facts and the runbook's templates: the same facts give the same ones."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.incident.afterwards import follow_ups
from drills.incident.assessment import assessment
from drills.incident.blocks import PERSON, Document, Line, Lines, Table, Title, person
from drills.incident.cadence import DueUpdate, due_updates
from drills.incident.escalation import Request, requests
from drills.incident.fields import Filling
from drills.incident.meeting import agenda, meeting
from drills.incident.procedure import procedure
from drills.incident.severity import decided, worst_first
from drills.incident.template import filled, filled_line
from drills.incident.times import exact, to_minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.incident.blocks import Block
    from drills.incident.facts import Facts
    from drills.runbook import Template

KINDS = (
    ("message", r"escalation (?:message|communication)"),
    ("request", r"escalation request"),
    ("status page", r"status page"),
    ("notification", r"initial .*notification"),
    ("update", r"status update"),
    ("resolution", r"resolution"),
    ("review", r"\bpir\b|post-?incident review|post-?mortem"),
)
"""The kinds of templates by the words of their names; the first match tells."""
_OUTAGE = re.compile(r"\b(?:major|complete|total|full) outage\b", re.IGNORECASE)


def kind_of(template: Template) -> str | None:
    """Return the kind of a template, None for one that is not known here."""
    return next((kind for kind, pattern in KINDS if re.search(pattern, template.name, re.IGNORECASE)), None)


def documents(facts: Facts) -> tuple[Document, ...]:
    """Return every document that the facts ask for."""
    known = {kind: template for template in reversed(facts.runbook.templates) if (kind := kind_of(template))}
    found = [*_open(facts, known), *(_over(facts, known) if facts.ended else ()), assessment(facts)]
    return tuple(_headed(facts, each) for each in found)


def _headed(facts: Facts, document: Document) -> Document:
    """Put what has to be known of every document above it; a drill says so in its subject, too."""
    about = (facts.opened.about,) if facts.opened.about else ()
    subject = f"DRILL: {document.subject}" if facts.opened.origin == "drill" else document.subject
    return replace(document, subject=subject, above=(*about, *document.above))


def _open(facts: Facts, known: dict[str, Template]) -> Iterator[Document]:
    first = facts.until(facts.opened.when)
    if "notification" in known:
        yield _made("notification", known["notification"], Filling(first))
    if "update" in known:
        yield from _updates(facts, known["update"])
    for number, request in enumerate(requests(facts), start=1):
        yield from _calls(facts, known, request, number)
    if "status page" in known:
        yield _status_page(first, known["status page"])


def _made(name: str, template: Template, filling: Filling, *above: str) -> Document:
    subject = filled_line(template.subject, filling) if template.subject else _subject(filling, template)
    return Document(name, subject, above, filled(template.body, filling), sent=filling.facts.at)


def _subject(filling: Filling, template: Template) -> str:
    what = re.sub(r"\s*template\b.*", "", template.name, flags=re.IGNORECASE)
    return f"[{filling.severity}] {what}: {filling.facts.opened.title}"


def _updates(facts: Facts, template: Template) -> Iterator[Document]:
    since = facts.opened.when
    for each in due_updates(facts):
        filling = Filling(facts.until(each.at), number=each.number, since=since)
        yield _made(f"update-{each.number}", template, filling, _arrival(each))
        since = each.at


def _arrival(update: DueUpdate) -> str:
    if update.due is None:
        return f"Update #{update.number}: {update.said}."
    return f"Update #{update.number} was due at {to_minute(update.due)}: {update.said}."


def _calls(facts: Facts, known: dict[str, Template], request: Request, number: int) -> Iterator[Document]:
    filling = Filling(facts.until(request.at), request=request)
    role = re.sub(r"\W+", "-", request.role.lower())
    said = (
        "a person wrote down that this call was made"
        if request.recorded
        else "whether this call was made is not recorded"
    )
    above = f"Asked for at {exact(request.at)}; {said}."
    for kind in ("message", "request"):
        if kind in known:
            yield _made(f"escalation-{number}-{role}-{kind}", known[kind], filling, above)


def _status_page(facts: Facts, template: Template) -> Document:
    level = decided(facts).severity
    asked = any("status page" in line.lower() for line in level.communication)
    above = () if asked else (f"Not to be published: at {level.id} the runbook asks for no public status page.",)
    document = replace(
        _made("status-page", template, Filling(facts), *above), subject=f"Status page: {facts.opened.title}"
    )
    if level == worst_first(facts.runbook)[0]:
        return document
    return replace(document, blocks=tuple(map(_doubt_outage, document.blocks)))


def _doubt_outage(block: Block) -> Block:
    """Mark the template's own claim of an outage, which only the worst level bears out."""
    if not isinstance(block, Lines):
        return block
    doubt = f" ({PERSON}: these are the template's words)"
    return replace(
        block, lines=tuple(replace(each, text=_OUTAGE.sub(rf"\g<0>{doubt}", each.text)) for each in block.lines)
    )


def _over(facts: Facts, known: dict[str, Template]) -> Iterator[Document]:
    if "resolution" in known:
        yield _made("resolution", known["resolution"], Filling(facts))
    if "review" in known:
        made = _made("review", known["review"], Filling(facts))
        subject = f"Post-incident review: {facts.opened.id}, {facts.opened.title}"
        yield replace(made, subject=subject, sent=None, blocks=(*made.blocks, *_follow_ups(facts)))
    held = meeting(facts)
    if held:
        yield agenda(facts, held)
    if facts.runbook.post_incident.first_steps:
        yield procedure(facts)


def _follow_ups(facts: Facts) -> Iterator[Block]:
    dues = follow_ups(facts)
    if not dues:
        return
    yield Title("Follow-ups", 2)
    rows = tuple(
        (
            each.work.name,
            f"{each.until:%Y-%m-%d}" if each.until else person("date"),
            each.work.deadline,
            "; ".join(each.work.points),
        )
        for each in dues
    )
    yield Table(("Follow-up", "By", "In the runbook", "What has to be so"), rows)
    yield Lines((Line("These dates count from the resolution."),))
