from __future__ import annotations

from typing import Any

import pytest

import runbook
from scenarios.drill.coverage import coverage, drilled_cause
from tests.runbook_samples import SMALL

BOOK = runbook.load()


class Item:
    """As much of a collected test as the gate looks at."""

    nodeid = "scenarios/test_incident_5.py::test_connection_leak"

    def __init__(self, *markers: pytest.MarkDecorator) -> None:
        self._markers = {each.name: each.mark for each in markers}

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return self._markers.get(name)


def cause_of(*markers: pytest.MarkDecorator) -> str | None:
    item: Any = Item(*markers)
    return drilled_cause(item)


def test_drill_names_its_cause() -> None:
    assert cause_of(pytest.mark.drill("5.1")) == "5.1"


def test_without_the_marker_a_test_is_no_drill() -> None:
    assert cause_of(pytest.mark.parametrize) is None


@pytest.mark.parametrize("marker", [pytest.mark.drill(), pytest.mark.drill("5.1", "5.2")], ids=["none", "two"])
def test_marker_names_exactly_one_cause(marker: pytest.MarkDecorator) -> None:
    with pytest.raises(pytest.UsageError, match="names exactly one cause"):
        cause_of(marker)


def test_wrong_marker_is_told_with_its_test() -> None:
    with pytest.raises(pytest.UsageError, match="test_connection_leak"):
        cause_of(pytest.mark.drill())


def test_drill_of_an_unknown_cause_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match=r"there is no cause 9\.9, but the suite has a drill for it"):
        coverage(BOOK, ["5.1", "9.9"])


def test_refusal_names_the_document() -> None:
    with pytest.raises(pytest.UsageError, match=r"incidents\.md"):
        coverage(BOOK, ["9.9"])


def test_drill_that_another_runbook_has_no_row_for_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match=r"7\.5"):
        coverage(runbook.load(SMALL), ["7.5"])


def test_two_drills_of_one_cause_are_refused() -> None:
    with pytest.raises(pytest.UsageError, match=r"more than one drill for cause 5\.1"):
        coverage(BOOK, ["5.1", "1.4", "5.1"])


def test_every_cause_of_the_runbook_is_listed() -> None:
    assert [each["id"] for each in coverage(BOOK, ["5.1"])["causes"]] == [cause.id for cause in BOOK.causes]


def test_undrilled_causes_are_those_that_are_listed_but_not_drilled() -> None:
    found = coverage(BOOK, ["5.1", "1.4"])
    assert len({each["id"] for each in found["causes"]} - set(found["drilled"])) == len(BOOK.causes) - 2


def test_drilled_causes_are_in_order() -> None:
    assert coverage(BOOK, ["5.1", "1.4", "4.2"])["drilled"] == ["1.4", "4.2", "5.1"]


def test_no_drill_at_all_leaves_every_cause_undrilled() -> None:
    assert coverage(BOOK, [])["drilled"] == []


def test_cause_is_listed_with_its_incident() -> None:
    listed = next(each for each in coverage(BOOK, [])["causes"] if each["id"] == "5.1")
    assert (listed["incident"], listed["cause"]) == (BOOK.incident(5).name, BOOK.cause("5.1").name)
