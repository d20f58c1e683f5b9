"""The symptoms that show the causes of slow answers, on what the tools print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.test_incident_2 import (
    BACKEND_CPU_GROWS,
    BACKEND_MEMORY_GROWS,
    QUERY_RUNS_FOR_SECONDS,
    QUEUE_METRICS_VANISH,
    WAITING_JOBS_GROW,
)
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.record.symptom import Symptom

STATS = """CONTAINER ID   NAME                    CPU %     MEM USAGE / LIMIT   MEM %     NET I/O
7cb18e62445d   postgres                29.78%    121MiB / 256MiB     47.26%    121kB / 115kB     0B / 0B     57
7f5c4b6f093e   backend                 {own}    474kB / 1.21MB
a1b2c3d4e5f6   schedgen-backend-2      24.10%    450MiB / 512MiB     87.89%    474kB / 1.21MB
"""
CALM_STATS = STATS.format(own="4.78%     76.86MiB / 384MiB   20.01%")
BUSY = STATS.format(own="19.9%     81.2MiB / 384MiB    21.14%")
GROWN = STATS.format(own="4.9%      331.1MiB / 384MiB   86.2%")
QUEUE = '{"waiting":%d,"active":4,"completed":10,"failed":0,"delayed":0,"total":4}'
SCREEN = """ pid |    duration     |                  query
-----+-----------------+----------------------------------------
{rows}"""
REFUSED = '{"statusCode":503,"message":"redis unavailable, try again later","path":"/api/jobs/metrics"}'
CALM_SCREEN = SCREEN.format(rows="  42 | 00:00:00        | SELECT pid")
BRIEF_SCREEN = SCREEN.format(rows="  41 | 00:00:00.004711 | COMMIT\n  42 | 00:00:00        | SELECT pid")
HELD = SCREEN.format(rows="  42 | 00:00:20.522695 | SELECT f.id, (\n  43 | 00:00:00        | SELECT pid")


@pytest.mark.parametrize(
    ("symptom", "normal", "abnormal", "other"),
    [
        (WAITING_JOBS_GROW, QUEUE % 0, QUEUE % 550, REFUSED),
        (QUEUE_METRICS_VANISH, QUEUE % 0, REFUSED, QUEUE % 550),
        (QUERY_RUNS_FOR_SECONDS, CALM_SCREEN, HELD, BRIEF_SCREEN),
        (BACKEND_CPU_GROWS, CALM_STATS, BUSY, GROWN),
        (BACKEND_MEMORY_GROWS, CALM_STATS, GROWN, BUSY),
    ],
)
def test_a_symptom_is_seen_in_its_own_cause_and_not_in_the_other_that_changes_the_reading(
    symptom: Symptom, normal: str, abnormal: str, other: str
) -> None:
    assert compare(symptom, normal, abnormal).proved
    assert not compare(symptom, normal, other).proved
    assert not compare(symptom, normal, normal).proved


@pytest.mark.parametrize(
    "symptom",
    [WAITING_JOBS_GROW, QUEUE_METRICS_VANISH, QUERY_RUNS_FOR_SECONDS, BACKEND_CPU_GROWS, BACKEND_MEMORY_GROWS],
)
def test_symptoms_are_read_from_one_documented_command(symptom: Symptom) -> None:
    assert symptom_command(runbook.load(RUNBOOK).incident(2), symptom)
