"""Doing nothing is watched for a time that follows from the solution's own."""

from __future__ import annotations

import pytest

from drills.record.placebo_watch import watch_s


@pytest.mark.parametrize(
    ("ttr_s", "documented_s", "full", "wanted_s"),
    [
        pytest.param(3.7, 600.0, False, 60.0, id="a fast solution: a minute"),
        pytest.param(40.0, 600.0, False, 200.0, id="a slow one: five times its time"),
        pytest.param(62.0, 120.0, False, 120.0, id="never longer than documented"),
        pytest.param(None, 600.0, False, 60.0, id="no time known: a minute"),
        pytest.param(None, 30.0, False, 30.0, id="no time known, documented for less than a minute"),
        pytest.param(3.7, 600.0, True, 600.0, id="in full: the documented time"),
    ],
)
def test_a_placebo_is_watched_five_times_as_long_as_the_solution_took(
    ttr_s: float | None, documented_s: float, *, full: bool, wanted_s: float
) -> None:
    """And for a minute at least, yet never beyond the documented time."""
    assert watch_s(ttr_s, documented_s, full=full) == wanted_s
