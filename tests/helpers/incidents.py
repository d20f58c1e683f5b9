"""Incidents made up for tests: a real one, one of a drill's real record, one of a run of checks; each at any level."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from drills.checks.reporting.run_result import as_json
from drills.checks.result import Outcome
from drills.incident.entries import AnyEntry, Escalated, Made, Note, Opened, Resolved, Topic, Update
from drills.incident.facts import Facts, facts_of
from drills.incident.of_checks import FILE, of_checks
from drills.incident.of_drill import of_drill
from drills.record.head import Runbook as Edition
from tests.helpers.check_results import check_result, of_level, result
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import DATA

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
RECORDS = DATA / "records" / "drills"
ORIGINS = ("real", "drill", "checks")
LEVELS = tuple(level.id for level in OWN_RUNBOOK.severities)


def at(minutes: float, since: datetime = BEGAN) -> str:
    """Return the moment so many minutes after the opening."""
    return (since + timedelta(minutes=minutes)).isoformat()


def opened(minutes: float = 0.0, severity: str | None = "SEV-2", **about: object) -> Opened:
    edition = Edition(file=OWN_RUNBOOK.path.name, sha256=OWN_RUNBOOK.sha256)
    usual = {"at": at(minutes), "format": 1, "id": "", "origin": "real", "title": "Uploads fail", "started": at(-5)}
    return Opened.model_validate({**usual, "severity": severity, "runbook": edition, **about})


def note(minutes: float, text: str, about: Topic = Topic.OBSERVATION, since: datetime = BEGAN, **more: str) -> Note:
    return Note(at=at(minutes, since), about=about, text=text, **more)  # type: ignore[arg-type]  # texts alone


def update(minutes: float, text: str = "still looking", since: datetime = BEGAN, **more: str | None) -> Update:
    return Update(at=at(minutes, since), text=text, **more)  # type: ignore[arg-type]  # texts alone


def resolved(minutes: float, text: str = "the key was corrected", since: datetime = BEGAN) -> Resolved:
    return Resolved(at=at(minutes, since), text=text)


def facts(*entries: AnyEntry, until: float | None = None, first: Opened | None = None) -> Facts:
    """Return the facts of an incident of our own runbook; *until* is in minutes after the opening."""
    lines = Made(first or opened(), entries).lines("INC-2026-03-01-001")
    return facts_of(lines, OWN_RUNBOOK, None if until is None else BEGAN + timedelta(minutes=until))


def told(minutes: float, since: datetime) -> list[AnyEntry]:
    """Return what persons write in an incident that lasts *minutes*: a call, an update, what was found and done."""
    step = minutes / 8
    return [
        note(step, "the key is refused", Topic.INVESTIGATION, since),
        Escalated(at=at(2 * step, since), by="Ana", role="Engineering Lead", text="nobody here knows the provider"),
        update(3 * step, since=since, status="Investigating", by="Ana"),
        note(4 * step, "the key had expired", Topic.ROOT_CAUSE, since),
        note(5 * step, "a new key was set", Topic.ACTION, since),
        note(6 * step, "watch the key's last day", Topic.ITEM, since, owner="Engineering Lead", priority="High"),
    ]


def of_origin(origin: str, level: str, folder: Path) -> Facts:
    """Return a resolved incident of one of ORIGINS at *level*, in which persons took part."""
    if origin == "real":
        return facts(*told(90, BEGAN), resolved(90), first=opened(severity=level))
    made = of_drill(RECORDS / "1.1-documented") if origin == "drill" else checks_made(folder)
    first = made.opened.model_copy(update={"severity": level})
    lasted = 0.1 if origin == "drill" else 90.0
    entries = [*made.entries, *told(lasted, first.when)]
    if origin == "checks":
        entries.append(resolved(lasted, since=first.when))
    return facts_of(
        replace(made, opened=first, entries=tuple(entries)).lines(f"INC-{made.began:%Y-%m-%d}-001"), OWN_RUNBOOK
    )


def checks_made(folder: Path) -> Made:
    """Return the incident of a run in which a check of the worst level failed, and another passed."""
    return of_checks(checks_file(folder))


def checks_file(folder: Path, outcome: Outcome = Outcome.FAIL) -> Path:
    found = result(check_result(of_level(1), outcome, "503"), check_result("front page"))
    path = folder / FILE
    path.write_text(json.dumps(as_json(found)), encoding="utf-8")
    return path
