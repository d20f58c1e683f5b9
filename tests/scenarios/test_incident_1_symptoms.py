"""The symptoms that show the causes of a high error rate, on what the tools print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.test_incident_1 import (
    DISK_IS_FULL,
    LOG_HAS_KEY_ERROR,
    LOG_HAS_OUT_OF_MEMORY,
    LOG_HAS_POOL_EXHAUSTED,
    LOG_HAS_WORKERS_OVERLOADED,
)
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.record.symptom import Symptom

STARTED = "2026-11-23T10:28:00.114Z INFO backend: starting: connection pool of at most 50, wait 30 s\n"
CRASHED = f"{STARTED}2026-11-23T10:28:10.002Z ERROR http: GET /api/jobs/1 failed\nKeyError: 'finishedAt'\n"
EXHAUSTED = f"{STARTED}2026-11-23T10:28:10.002Z ERROR backend: Connection pool exhausted: GET /api/jobs/1\n"
REFUSED = f"{STARTED}2026-11-23T10:28:10.002Z ERROR upload: PDF workers overloaded: 20 jobs wait, at most 20 may\n"
FULL_MEMORY = f"{STARTED}2026-11-23T10:28:10.002Z ERROR backend: POST /api/upload: OutOfMemoryError: not allowed\n"
FULL_DISK = f"{STARTED}2026-11-23T10:28:10.002Z ERROR backend: ResponseError: MISCONF No space left on device\n"
LOGS = {
    LOG_HAS_KEY_ERROR: CRASHED,
    LOG_HAS_POOL_EXHAUSTED: EXHAUSTED,
    LOG_HAS_WORKERS_OVERLOADED: REFUSED,
    LOG_HAS_OUT_OF_MEMORY: FULL_MEMORY,
}
DISK = (
    "Filesystem      Size  Used Avail Use% Mounted on\ntmpfs           4.0G  {used}  {free}  {share} /var/lib/docker\n"
)
ROOMY, FULL = DISK.format(used="853M", free="3.2G", share=" 21%"), DISK.format(used="4.0G", free="   0", share="100%")


@pytest.mark.parametrize("symptom", LOGS)
@pytest.mark.parametrize("log", [*LOGS.values(), STARTED, FULL_DISK])
def test_each_line_of_the_log_shows_its_own_cause_and_no_other(symptom: Symptom, log: str) -> None:
    assert compare(symptom, STARTED, log).proved is (LOGS[symptom] == log)


def test_a_full_disk_is_seen_where_its_file_systems_are_listed() -> None:
    assert compare(DISK_IS_FULL, ROOMY, FULL).proved
    assert not compare(DISK_IS_FULL, ROOMY, ROOMY).proved


@pytest.mark.parametrize("symptom", [*LOGS, DISK_IS_FULL])
def test_symptoms_are_read_from_one_documented_command(symptom: Symptom) -> None:
    assert symptom_command(runbook.load(RUNBOOK).incident(1), symptom).text
