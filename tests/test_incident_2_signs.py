"""The readings that tell the causes of slow answers, on what the tools print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import runbook
from scenarios.drill.diagnosis import command_of, compare
from scenarios.test_incident_2 import DEEP, SEARCHING, UNANSWERED

if TYPE_CHECKING:
    from scenarios.drill.scenario import Sign

QUEUE = '{"waiting":%d,"active":4,"completed":10,"failed":0,"delayed":0,"total":4}'
SCREEN = """ pid |    duration     |                  query
-----+-----------------+----------------------------------------
{rows}"""
REFUSED = '{"statusCode":503,"message":"redis unavailable, try again later","path":"/api/jobs/metrics"}'
CALM_SCREEN = SCREEN.format(rows="  42 | 00:00:00        | SELECT pid")
BRIEF_SCREEN = SCREEN.format(rows="  41 | 00:00:00.004711 | COMMIT\n  42 | 00:00:00        | SELECT pid")
HELD = SCREEN.format(rows="  42 | 00:00:20.522695 | SELECT f.id, (\n  43 | 00:00:00        | SELECT pid")


@pytest.mark.parametrize(
    ("sign", "normal", "abnormal", "other"),
    [
        (DEEP, QUEUE % 0, QUEUE % 550, REFUSED),
        (UNANSWERED, QUEUE % 0, REFUSED, QUEUE % 550),
        (SEARCHING, CALM_SCREEN, HELD, BRIEF_SCREEN),
    ],
)
def test_a_sign_is_seen_in_its_own_cause_and_not_in_the_other_that_changes_the_reading(
    sign: Sign, normal: str, abnormal: str, other: str
) -> None:
    assert compare(sign, normal, abnormal).proved
    assert not compare(sign, normal, other).proved
    assert not compare(sign, normal, normal).proved


@pytest.mark.parametrize("sign", [DEEP, UNANSWERED, SEARCHING])
def test_signs_are_read_from_one_documented_command(sign: Sign) -> None:
    assert command_of(runbook.load().incident(2), sign)
