"""Read the markers by which a drill says what it drills and how much of the machine it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DRILL = "drill"
EXCLUSIVE = "exclusive"


def drilled_cause(item: pytest.Item) -> str | None:
    """Return the cause that a test says it drills, or None for a test that is no drill; UsageError for a bad marker."""
    marker = item.get_closest_marker(DRILL)
    if marker is None:
        return None
    if len(marker.args) != 1:
        raise pytest.UsageError(f"{item.nodeid}: the drill marker names exactly one cause, as in drill('5.1')")
    return str(marker.args[0])


def exclusive(item: pytest.Item | None) -> bool:
    """Whether *item* is a drill that runs beside no other exclusive one."""
    return item is not None and item.get_closest_marker(EXCLUSIVE) is not None


def weight(item: pytest.Item) -> int:
    """Return how many slots an exclusive drill says it takes; 1 for any other."""
    marker = item.get_closest_marker(EXCLUSIVE)
    return int(marker.kwargs.get("weight", 1)) if marker else 1


def drills_of(items: Iterable[pytest.Item]) -> dict[pytest.Item, str]:
    """Return those of *items* that are drills, with their causes; UsageError for a bad marker."""
    return {item: cause for item in items if (cause := drilled_cause(item))}


def leave_out(config: pytest.Config, items: list[pytest.Item], left_out: Sequence[pytest.Item]) -> None:
    """Take *left_out* from *items*, and have pytest count them as deselected."""
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
