"""The symptoms that show the causes of an exhausted pool, on what psql prints at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.scenario import symptom_command
from drills.record.symptom import compare
from scenarios.test_incident_5 import (
    IDLE_CONNECTIONS_GROW,
    IDLE_TRANSACTION_LOCKS_A_TABLE,
    MANY_UNUSED_CONNECTIONS,
    QUERY_LOCKS_A_TABLE,
)
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.record.symptom import Symptom

SCREEN = """schedgen=# SELECT count(*) as total,
schedgen-#        count(*) FILTER (WHERE state = 'active') as active,
schedgen-#        count(*) FILTER (WHERE state = 'idle in transaction') as idle_in_transaction
 total | active | idle | idle_in_transaction
-------+--------+------+---------------------
{counts}
(1 row)

 unused | used
--------+------
{rests}
(1 row)

  pid  |    duration     |        state        |         query
-------+-----------------+---------------------+------------------------
{rows}"""
RESTS = "      4 |    1"
CALM = SCREEN.format(
    counts="    13 |      1 |    5 |                   0", rests=RESTS, rows="  101 | 00:00:00        | active | SELECT"
)
LEAKED, TAKEN = (
    SCREEN.format(
        counts="    61 |      1 |   53 |                   0",
        rests=rests,
        rows="  101 | 00:00:00        | active | SELECT",
    )
    for rests in ("     52 |    1", "      3 |   50")
)
HELD = SCREEN.format(
    counts="    61 |     52 |    2 |                   0",
    rests=RESTS,
    rows="  207 | 00:00:07.412 | active              | BEGIN; LOCK TABLE jobs; SELECT count(*)",
)
LEFT = SCREEN.format(
    counts="    61 |     51 |    2 |                   1",
    rests=RESTS,
    rows="  207 | 00:00:07.412 | idle in transaction | LOCK TABLE jobs",
)


@pytest.mark.parametrize(
    ("symptom", "seen_in"),
    [
        (MANY_UNUSED_CONNECTIONS, [LEAKED]),
        (IDLE_CONNECTIONS_GROW, [LEAKED, TAKEN]),
        (QUERY_LOCKS_A_TABLE, [HELD]),
        (IDLE_TRANSACTION_LOCKS_A_TABLE, [LEFT]),
    ],
)
def test_each_symptom_is_seen_in_its_own_incident_only(symptom: Symptom, seen_in: list[str]) -> None:
    """A leak alone shows unused connections; a demand is what idle connections show where there are none of these."""
    assert [compare(symptom, CALM, screen).proved for screen in (LEAKED, TAKEN, HELD, LEFT)] == [
        screen in seen_in for screen in (LEAKED, TAKEN, HELD, LEFT)
    ]
    assert not compare(symptom, CALM, CALM).proved


@pytest.mark.parametrize(
    "symptom",
    [MANY_UNUSED_CONNECTIONS, IDLE_CONNECTIONS_GROW, QUERY_LOCKS_A_TABLE, IDLE_TRANSACTION_LOCKS_A_TABLE],
)
def test_symptoms_are_read_from_one_documented_command(symptom: Symptom) -> None:
    assert "psql" in symptom_command(runbook.load(RUNBOOK).incident(5), symptom).text
