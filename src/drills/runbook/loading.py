"""Read a `Runbook` from a file, or from a folder with a file for each alert."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from drills.runbook.commands import commands_in
from drills.runbook.dialects import dialect_of
from drills.runbook.document import Document, Section, inline_lines, read
from drills.runbook.errors import LineError, RunbookError
from drills.runbook.model import Command, Incident, PostIncident, Runbook
from drills.runbook.organisation import escalation, initial_response, post_incident, severities
from drills.runbook.reference import contacts, critical_commands, dashboards, metrics, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Found = tuple[int, str]
EMPTY = Document("", Section("", 0, 1, (), ()))
SUFFIXES = (".md", ".markdown")
NOTHING_AFTER = PostIncident("", (), "", (), (), ())
TABLES = "tables of causes"


@dataclass(frozen=True)
class Reading:
    """What came of one file: the document, and its runbook with what was noticed, or the sentence that refuses it."""

    path: Path
    document: Document
    runbook: Runbook | None
    noticed: tuple[Found, ...] = ()
    refused: str = ""


def load(path: Path) -> Runbook:
    """Read the runbook at *path*; RunbookError says in one sentence what is wrong, with file and line."""
    return joined(path, readings(path))


def readings(path: Path) -> tuple[Reading, ...]:
    """Read each file of the runbook at *path*, one where it is a file; RunbookError where there is none to read."""
    if not path.is_dir():
        return (reading(path),)
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise RunbookError(
            f"{path}: the runbook cannot be read (it is a directory without a Markdown file); name a file"
        )
    found = []
    for file in files:
        try:
            found.append(reading(file))
        except RunbookError as error:
            found.append(Reading(file, EMPTY, None, (), str(error)))
    return tuple(found)


def reading(path: Path) -> Reading:
    """Read one file; RunbookError where it is no text."""
    document = read(path)
    try:
        runbook, noticed = _runbook(path, document)
    except LineError as error:
        return Reading(path, document, None, (), f"{path}:{error.line}: {error}")
    return Reading(path, document, runbook, noticed)


def joined(path: Path, found: tuple[Reading, ...]) -> Runbook:
    """Return the runbook of all files that could be read; RunbookError where none could."""
    if len(found) == 1 and not path.is_dir():
        if found[0].runbook is None:
            raise RunbookError(found[0].refused)
        return found[0].runbook
    books = [(each.path, each.runbook) for each in found if each.runbook is not None]
    if not books:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise RunbookError(f"{found[0].refused}{more}")
    incidents = [replace(each, file=str(file.relative_to(path))) for file, book in books for each in book.incidents]
    first = books[0][1]
    return replace(
        first,
        path=path,
        sha256=_digest(path, found),
        severities=_all(book.severities for _, book in books),
        initial_response=_all(book.initial_response for _, book in books),
        escalation=_all(book.escalation for _, book in books),
        incidents=tuple(_renumbered(each, number) for number, each in enumerate(incidents, start=1)),
        templates=_all(book.templates for _, book in books),
        contacts=_all(book.contacts for _, book in books),
        critical_commands=_all(book.critical_commands for _, book in books),
        dashboards=_all(book.dashboards for _, book in books),
        metrics=_all(book.metrics for _, book in books),
        dialect=", ".join(dict.fromkeys(book.dialect for _, book in books)),
    )


T = TypeVar("T")


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(each for part in parts for each in part)


def _digest(path: Path, found: tuple[Reading, ...]) -> str:
    """Return one digest of the names and the digests of all files."""
    lines = (f"{each.document.sha256}  {each.path.relative_to(path)}\n" for each in found)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _renumbered(incident: Incident, number: int) -> Incident:
    causes = tuple(replace(cause, id=f"{number}.{place}") for place, cause in enumerate(incident.causes, start=1))
    return replace(incident, id=number, causes=causes)


def _runbook(path: Path, document: Document) -> tuple[Runbook, tuple[Found, ...]]:
    root = document.root
    dialect = dialect_of(root, path.stem)
    incidents, noticed = dialect.read(root, path.stem)
    ours = dialect.name == TABLES
    runbook = Runbook(
        path=path,
        sha256=document.sha256,
        severities=severities(root) if ours else (),
        initial_response=initial_response(root) if ours else (),
        escalation=escalation(root) if ours else (),
        incidents=incidents,
        templates=templates(root) if ours else (),
        post_incident=post_incident(root) if ours else NOTHING_AFTER,
        contacts=contacts(root),
        critical_commands=critical_commands(root) if ours else _elsewhere(root, incidents),
        dashboards=dashboards(root),
        metrics=metrics(root) if ours else (),
        dialect=dialect.name,
    )
    return runbook, noticed


def _elsewhere(root: Section, incidents: tuple[Incident, ...]) -> tuple[Command, ...]:
    """Return the commands outside every incident: a document's quick reference."""
    taken = {command.line for incident in incidents for command in _commands(incident)}
    every = (each for section in root.walk() for each in _marked(section))
    return tuple(command for command in every if command.line not in taken)


def _marked(section: Section) -> tuple[Command, ...]:
    """Return the commands of a section without those in its plain words: a command that these name is an example."""
    words = {line for block in section.blocks if block.type == "paragraph" for line, _ in inline_lines(block)}
    return tuple(command for command in commands_in(section.blocks) if command.line not in words)


def _commands(incident: Incident) -> Iterator[Command]:
    for step in incident.investigation:
        yield from step.commands
    for cause in incident.causes:
        yield from (*cause.commands, *cause.original)
    yield from incident.verification
