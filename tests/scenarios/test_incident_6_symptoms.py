"""The symptoms that show the causes of a service that is down, on what the tools print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.test_incident_6 import (
    BACKEND_EXITED,
    BACKEND_KILLED_FOR_MEMORY,
    DATABASE_DOES_NOT_ACCEPT,
    FOREIGN_PROGRAM_LISTENS,
    LOG_HAS_MISSING_MODULE,
    LOG_HAS_REFUSED_SETTING,
)
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.record.symptom import Symptom

CONTAINER = (
    '9fc102f56ea5   schedgen/backend:1.0.0   "python -m stack.ser…"   5 minutes ago   {status}   8000/tcp   backend\n'
)
UP, EXITED = CONTAINER.format(status="Up 5 minutes (healthy)"), CONTAINER.format(status="Exited (137) 2 seconds ago")
RESTARTING = CONTAINER.format(status="Restarting (137) Less than a second ago")
ENDED = "/frontend OOMKilled=false exit=0 restarts=0\n/backend OOMKilled={oom} exit={code} restarts={restarts}\n"
ALIVE, KILLED = ENDED.format(oom="false", code=0, restarts=0), ENDED.format(oom="true", code=137, restarts=4)
LOOPING = ENDED.format(oom="false", code=1, restarts=4)
READY, AWAY = (
    "/var/run/postgresql:5432 - accepting connections\n",
    "Error response from daemon: container is not running\n",
)
STARTED = "jobs: no session, 401\n"
CRASHED = f"{STARTED}ModuleNotFoundError: No module named 'statsd'\n"
REFUSED = f"{STARTED}settings: DB_POOL_MAX must be a whole number of at least 1, not 'unlimited'\n"
PORT = "tcp        0      0 0.0.0.0:3000            0.0.0.0:*               LISTEN      {program}\n"
OURS, TAKEN = PORT.format(program="991/docker-proxy    "), PORT.format(program="7543/python3        ")


@pytest.mark.parametrize(
    ("symptom", "before", "during", "other"),
    [
        (BACKEND_EXITED, UP, EXITED, RESTARTING),
        (BACKEND_KILLED_FOR_MEMORY, ALIVE, KILLED, LOOPING),
        (DATABASE_DOES_NOT_ACCEPT, READY, AWAY, READY),
        (LOG_HAS_MISSING_MODULE, STARTED, CRASHED, REFUSED),
        (LOG_HAS_REFUSED_SETTING, STARTED, REFUSED, CRASHED),
        (FOREIGN_PROGRAM_LISTENS, OURS, TAKEN, ""),
    ],
)
def test_each_symptom_shows_its_own_cause_and_no_other(symptom: Symptom, before: str, during: str, other: str) -> None:
    assert compare(symptom, before, during).proved
    assert not compare(symptom, before, other).proved
    assert not compare(symptom, before, before).proved


@pytest.mark.parametrize(
    "symptom",
    [
        BACKEND_EXITED,
        BACKEND_KILLED_FOR_MEMORY,
        DATABASE_DOES_NOT_ACCEPT,
        LOG_HAS_MISSING_MODULE,
        LOG_HAS_REFUSED_SETTING,
        FOREIGN_PROGRAM_LISTENS,
    ],
)
def test_symptoms_are_read_from_one_documented_command(symptom: Symptom) -> None:
    assert symptom_command(runbook.load(RUNBOOK).incident(6), symptom).text
