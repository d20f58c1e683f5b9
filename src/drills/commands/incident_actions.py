"""What each command of `drills incident` does; what a person should do next goes to stderr, results to stdout."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from drills.common.files import write_text
from drills.common.redaction import SHORTEST_SECRET
from drills.common.visible import visible
from drills.incident.cadence import next_due
from drills.incident.documents import documents
from drills.incident.entries import Escalated, Made, Measured, Note, Opened, Resolved, Topic, Update
from drills.incident.errors import IncidentError
from drills.incident.escalation import Request, requests, role_of
from drills.incident.facts import facts_of
from drills.incident.forms import SUFFIXES, files
from drills.incident.lint import allowed, lint
from drills.incident.masking import masked_entry
from drills.incident.of_checks import FILE as CHECKS
from drills.incident.of_checks import of_checks
from drills.incident.of_drill import of_drill
from drills.incident.severity import decided, named
from drills.incident.store import append, create, read
from drills.incident.times import moment, to_minute
from drills.record.head import Runbook as Edition
from drills.record.reader import FILE as HISTORY
from drills.runbook import load
from drills.settings import settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from drills.incident.entries import AnyEntry
    from drills.incident.facts import Facts
    from drills.runbook import Runbook


def new(options: argparse.Namespace) -> None:
    """Open an incident and print its id."""
    book, at = _runbook(options), _moment(options.time, datetime.now(UTC))
    if options.incident is not None:
        book.incident(options.incident)
    started = _moment(options.started, at)
    opened = Opened(
        at=at.isoformat(),
        by=options.by,
        format=1,
        id="",
        origin="real",
        title=_words(options.title),
        severity=named(book, options.sev).id,
        started=started.isoformat(),
        chapter=options.incident,
        runbook=Edition(file=book.path.name, sha256=book.sha256),
    )
    _created(options, book, Made(masked_entry(opened, _secrets(options))))


def from_record(options: argparse.Namespace) -> None:
    """Make an incident of what a drill or a run of checks left, and print its id."""
    book, path = _runbook(options), options.path
    if path.name == HISTORY:
        path = path.parent
    made = of_checks(path) if path.name == CHECKS else of_drill(path)
    if options.sev:
        level = {"severity": named(book, options.sev).id, "because": "a person declared it"}
        made = Made(made.opened.model_copy(update=level), made.entries)
    # The severity is decided before anything is written: a record that decides none needs a person.
    decided(facts_of(made.lines("INC-0000-00-00-000"), book))
    secrets = _secrets(options)
    opened = masked_entry(made.opened, secrets)
    _created(options, book, Made(opened, tuple(masked_entry(each, secrets) for each in made.entries)))


def _created(options: argparse.Namespace, book: Runbook, made: Made) -> None:
    identity = create(_folder(options), made)
    sys.stdout.write(f"{identity}\n")
    _tell(facts_of(read(_folder(options), identity), book))


def note(options: argparse.Namespace) -> None:
    """Append a note."""
    topic = Topic(options.about)
    if (options.owner or options.priority) and topic is not Topic.ITEM:
        raise IncidentError(f"--owner and --priority belong to an action item; say --about {str(Topic.ITEM)!r}")
    if bool(options.point) != (topic is Topic.EVIDENCE):
        raise IncidentError(f"--about {Topic.EVIDENCE} and --point WORDS belong together: evidence proves a point")
    if options.point:
        _point(_runbook(options), options.point)
    text = _words(options.text)
    if topic is Topic.MEETING:
        text = moment(text).isoformat()
    written = Note(
        at=datetime.now(UTC).isoformat(),
        by=options.by,
        about=topic,
        text=text,
        owner=options.owner,
        priority=options.priority,
        point=options.point,
    )
    _append(options, lambda at: written.model_copy(update={"at": at}), after=True)


def _point(book: Runbook, words: str) -> None:
    points = [point for step in book.post_incident.first_steps for point in step.notes]
    if not any(words.lower() in point.lower() for point in points):
        raise IncidentError(f"no step after the resolution says {words!r:.60}; the steps are: {'; '.join(points)}")


def update(options: argparse.Namespace) -> None:
    """Append a status update."""
    book = _runbook(options)
    level = named(book, options.sev).id if options.sev else None
    status = _status(book, options.status)
    _append(options, lambda at: Update(at=at, by=options.by, text=_words(options.text), status=status, severity=level))


def _status(book: Runbook, word: str) -> str:
    """Return the status as the runbook's templates write it; raises IncidentError for one that they do not have."""
    bodies = "\n".join(template.body for template in book.templates)
    offered = re.findall(r"^(?:Current )?Status: \[?([A-Z][\w/]*)\]?", bodies, re.MULTILINE)
    known = list(dict.fromkeys(each for choice in offered for each in choice.split("/") if each != "Resolved"))
    found = next((each for each in known if each.lower() == word.lower()), "")
    if word and not found:
        raise IncidentError(f"there is no status {word!r:.40}; the templates have {', '.join(known)}")
    return found


def escalate(options: argparse.Namespace) -> None:
    """Append that a role was called."""
    role = role_of(_runbook(options), options.to)
    _append(options, lambda at: Escalated(at=at, by=options.by, role=role, text=_words(options.text)))


def resolve(options: argparse.Namespace) -> None:
    """Append that the incident is over."""
    _append(options, lambda at: Resolved(at=at, by=options.by, text=_words(options.text)))


def _append(options: argparse.Namespace, make: Callable[[str], AnyEntry], *, after: bool = False) -> None:
    """Append one line; only a note may come *after* the resolution, or tell of what was before the opening."""
    at, book = _moment(options.time, datetime.now(UTC)), _runbook(options)
    made = masked_entry(make(at.isoformat()), _secrets(options))

    def checked(entries: Sequence[AnyEntry]) -> AnyEntry:
        over = facts_of(entries, book).resolution
        if over and not after:
            raise IncidentError(f"{options.id} was resolved at {to_minute(over.when)}; only notes follow a resolution")
        newest = max(each.when for each in entries if not isinstance(each, Note | Measured))
        if not after and at < newest:
            raise IncidentError(f"{options.time!r} is before the newest line that was sent, of {to_minute(newest)}")
        return made

    append(_folder(options), options.id, checked)
    _tell(facts_of(read(_folder(options), options.id), book))


def _tell(facts: Facts) -> None:
    """Say what the runbook asks for next."""
    found, due = decided(facts), next_due(facts)
    lines = [f"{found.severity.id}: {found.sentence} ({found.why})"]
    lines += [f"Escalate to {each.role}: {'; '.join(each.reasons)}" for each in _missing(facts)]
    lines += [f"The next status update is due by {to_minute(due)}."] if due else []
    lines += [f"`drills incident render {facts.opened.id}` makes the documents."] if facts.ended else []
    sys.stderr.write(visible("".join(f"{line}\n" for line in lines)))


def _missing(facts: Facts) -> list[Request]:
    return [] if facts.ended else [each for each in requests(facts) if not each.recorded]


def render(options: argparse.Namespace) -> None:
    """Write every document, and print where they are; what looks wrong in one is said on stderr."""
    at = moment(options.at) if options.at else None
    facts = facts_of(read(_folder(options), options.id), _runbook(options), at)
    found = files(facts)
    folder = (options.output or settings().path(settings().output) / "incidents") / options.id
    _written(folder, found)
    if facts.opened.runbook.sha256 != facts.runbook.sha256:
        sys.stderr.write("The runbook is not the edition with which this incident was opened.\n")
    may = allowed(facts)
    doubts = [doubt for each in documents(facts) for doubt in lint(each, may)]
    sys.stderr.write(visible("".join(f"Look again: {doubt}\n" for doubt in doubts)))
    sys.stdout.write(f"{len(found)} files in {folder}\n")


def _written(folder: Path, found: dict[str, bytes]) -> None:
    """Write the files, each whole or not at all, and remove those that only an earlier rendering made."""
    try:
        for name, content in found.items():
            write_text(folder / name, content.decode())
        for path in folder.iterdir():
            if path.name not in found and path.name.endswith(SUFFIXES):
                path.unlink()
    except OSError as error:
        raise IncidentError(f"{folder}: cannot be written to: {error.strerror or error}") from None


def _runbook(options: argparse.Namespace) -> Runbook:
    return load(options.runbook or settings().runbook_path)


def _folder(options: argparse.Namespace) -> Path:
    folder: Path = options.folder or settings().path(settings().incidents)
    return folder


def _moment(text: str | None, now: datetime) -> datetime:
    """Return the time that was given, or *now*; raises IncidentError for one that is later."""
    at = moment(text) if text else now
    if at > now:
        raise IncidentError(f"{text!r} is later than {to_minute(now)}; expected a time until then")
    return at


def _words(text: str) -> str:
    """Return *text* without spaces around it; raises IncidentError where nothing is left."""
    if not text.strip():
        raise IncidentError("the text is empty; say it in a few words")
    return text.strip()


def _secrets(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the values of the variables to mask; raises IncidentError for one that cannot be masked."""
    found = tuple(os.environ.get(name, "") for name in options.secret_variable)
    for name, value in zip(options.secret_variable, found, strict=True):
        if len(value) < SHORTEST_SECRET:
            raise IncidentError(
                f"--secret-variable {name}: it is not set, or shorter than {SHORTEST_SECRET} characters"
            )
    return found
