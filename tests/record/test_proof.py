"""A reading proves a cause only where the readings of the incident's other causes were taken and do not show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.record.proof import proof
from drills.record.verdicts import Verdict
from tests.helpers.forgeries import whole
from tests.helpers.heads import sealed
from tests.helpers.histories import FIRING, command, documented, drop, judged, put, told

if TYPE_CHECKING:
    from tests.helpers.histories import Story

OTHER = {"command": "SELECT", "pattern": r"waiting (\d{3,})", "change": "appears", "line": 8}


def ruled_out(during: str = "waiting 3", **facts: Any) -> Story:
    """Return a story in which the symptom shows, and a reading of another cause prints *during* the fault."""
    head, *rest = whole(documented())
    story: Story = (sealed(head | {"rules_out": [OTHER | facts]}), *rest)
    readings = (("normal", 9.0, "waiting 2"), ("abnormal", FIRING + 1, during))
    typed = [command("diagnose", t, line=8, text="SELECT 1", when=when, output=out) for when, t, out in readings]
    return put(story, *typed)


def test_cause_is_proved_where_the_others_are_ruled_out() -> None:
    assert judged(ruled_out()).verdict is Verdict.CONFIRMED


def test_reading_that_another_cause_shows_as_well_proves_nothing() -> None:
    story = ruled_out("waiting 681")
    found = proof(told(story))
    assert found
    assert (found.proved, found.abnormal) == (False, "no PONG, and 'waiting 681', which another cause shows (line 8)")
    assert judged(story).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("when", ["normal", "abnormal"])
def test_reading_that_was_not_taken_rules_nothing_out(when: str) -> None:
    story = drop(ruled_out(), "command", line=8, when=when)
    found = judged(story)
    assert found.verdict is Verdict.UNKNOWN
    assert "and nothing that rules out another cause (line 8)" in found.reason


def test_reading_of_another_command_is_no_reading() -> None:
    found = judged(ruled_out(command="curl nowhere"))
    assert found.verdict is Verdict.UNKNOWN
    assert "the reading of line 8 comes from `curl nowhere`" in found.reason
