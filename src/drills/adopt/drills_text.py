"""The test modules of a suite, one an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.texts import literal, one_line, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.adopt.rows import Row
    from drills.runbook.model import Incident

RATE_RPS = 5.0
TIMEOUT_S = 5.0
GUESS = "Guessed"


def modules(rows: Iterable[Row], path: str) -> dict[str, str]:
    """Return the modules by their names; *path* is what the traffic asks the front door for."""
    by_incident: dict[int, list[Row]] = {}
    for row in rows:
        if row.guess:
            by_incident.setdefault(row.incident.id, []).append(row)
    return {f"scenarios/test_incident_{number}.py": _module(held, path) for number, held in by_incident.items()}


def _module(held: list[Row], path: str) -> str:
    incident = held[0].incident
    faults = sorted({(row.guess.fault.__module__, row.guess.fault.__name__) for row in held if row.guess})
    imports = "\n".join(f"from {module} import {name}" for module, name in faults)
    partial = "from functools import partial\n\n" if any(row.guess and row.guess.arguments for row in held) else ""
    drills = "\n\n".join(_drill(row) for row in held)
    return f'''"""{_headline(incident)}: what the runbook says against it, tried on the running system."""

{partial}import pytest

from drills import Profile, RunDrill, Scenario, Symptom, SymptomChange
{imports}

# {GUESS}: a page that a user opens, and how often. Take what your users do; an answer below 400 is in order.
USERS = Profile("users", mix=((GET, {RATE_RPS}),), timeout_s={TIMEOUT_S})


{drills}'''.replace("GET", literal(f"GET {path}"), 1)


def _headline(incident: Incident) -> str:
    return f"Incident {incident.id}, {one_line(incident.name)}"


def _drill(row: Row) -> str:
    guess, symptom = row.guess, row.symptom
    if guess is None or symptom is None:
        raise ValueError(f"{row.cause.id}: a row without a fault and a symptom has no drill")
    name = guess.fault.__name__
    fault = f"partial({name}, {', '.join(guess.arguments)})" if guess.arguments else name
    waits = f"    # Left out of every run for now: {one_line(row.waits)}.\n" if row.waits else ""
    return f'''@pytest.mark.drill("{row.cause.id}")
def test_{slug(row.cause.id)}_{slug(row.cause.name)}(run_drill: RunDrill) -> None:
    """{one_line(row.cause.name)}: {one_line(row.cause.solution)}."""
{waits}    run_drill(
        Scenario(
            cause="{row.cause.id}",
            # {GUESS}: {one_line(guess.why)}.
            fault={fault},
            traffic=USERS,
            # {GUESS}: that this command shows it, and how its output changes.
            symptom=Symptom(
                {literal(symptom.command)},
                {literal(symptom.pattern)},
                SymptomChange.{symptom.change.name},
            ),
            restart_after_recovery="gateway",
            lasting=None,
        )
    )
'''
