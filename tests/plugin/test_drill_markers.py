"""The markers by which a drill says what it drills and how much of the machine it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.plugin.drill_markers import drilled_cause, exclusive, weight
from tests.helpers.paths import ROOT


@pytest.fixture
def item(request: pytest.FixtureRequest) -> pytest.Item:
    found: pytest.Item = pytest.Function.from_parent(request.node.parent, name="test_drill", callobj=lambda: None)
    return found


def test_drill_names_its_cause(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.drill("5.1"))
    assert drilled_cause(item) == "5.1"


def test_without_the_marker_a_test_is_no_drill(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.headline)
    assert drilled_cause(item) is None


@pytest.mark.parametrize("marker", [pytest.mark.drill(), pytest.mark.drill("5.1", "5.2")], ids=["none", "two"])
def test_marker_names_exactly_one_cause(marker: pytest.MarkDecorator, item: pytest.Item) -> None:
    item.add_marker(marker)
    with pytest.raises(pytest.UsageError, match="names exactly one cause"):
        drilled_cause(item)


def test_wrong_marker_is_told_with_its_test(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.drill())
    with pytest.raises(pytest.UsageError, match="test_drill"):
        drilled_cause(item)


def test_exclusive_drill_is_known_by_its_marker(item: pytest.Item) -> None:
    assert not exclusive(item)
    item.add_marker(pytest.mark.exclusive(weight=2))
    assert exclusive(item)
    assert weight(item) == 2


def test_markers_that_the_scenarios_use_are_those_that_are_looked_for(pytestconfig: pytest.Config) -> None:
    known = {line.partition(":")[0].partition("(")[0] for line in pytestconfig.getini("markers")}
    scenarios = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "scenarios").glob("test_*.py"))
    used = {line.partition("@pytest.mark.")[2].partition("(")[0].strip() for line in scenarios.splitlines()} - {""}
    assert used <= known
