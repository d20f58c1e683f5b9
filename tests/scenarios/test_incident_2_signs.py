"""The readings that tell the causes of slow answers, on what the tools print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.test_incident_2 import COMPUTING, DEEP, FULL, SEARCHING, UNANSWERED
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
HOARDED = STATS.format(own="4.9%      331.1MiB / 384MiB   86.2%")
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
        (DEEP, QUEUE % 0, QUEUE % 550, REFUSED),
        (UNANSWERED, QUEUE % 0, REFUSED, QUEUE % 550),
        (SEARCHING, CALM_SCREEN, HELD, BRIEF_SCREEN),
        (COMPUTING, CALM_STATS, BUSY, HOARDED),
        (FULL, CALM_STATS, HOARDED, BUSY),
    ],
)
def test_a_sign_is_seen_in_its_own_cause_and_not_in_the_other_that_changes_the_reading(
    symptom: Symptom, normal: str, abnormal: str, other: str
) -> None:
    assert compare(symptom, normal, abnormal).proved
    assert not compare(symptom, normal, other).proved
    assert not compare(symptom, normal, normal).proved


@pytest.mark.parametrize("symptom", [DEEP, UNANSWERED, SEARCHING, COMPUTING, FULL])
def test_signs_are_read_from_one_documented_command(symptom: Symptom) -> None:
    assert symptom_command(runbook.load(RUNBOOK).incident(2), symptom)
