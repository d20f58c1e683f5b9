"""The two-way gate between the runbook and the drills: nothing documented without a drill, no drill without a row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from drills.record.events import RanCommand

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence

    from drills.record.history import History
    from drills.runbook import Runbook
    from drills.runbook.model import Command

T = TypeVar("T")


def drilled_cause(item: pytest.Item) -> str | None:
    """Return the cause that a test says it drills, or None for a test that is no drill; UsageError for a bad marker."""
    marker = item.get_closest_marker("drill")
    if marker is None:
        return None
    if len(marker.args) != 1:
        raise pytest.UsageError(f"{item.nodeid}: the drill marker names exactly one cause, as in drill('5.1')")
    return str(marker.args[0])


def coverage(runbook: Runbook, drilled: Iterable[str]) -> dict[str, Any]:
    """Return the causes of the runbook and those that have a drill; UsageError when the two do not fit together."""
    counted = Counter(drilled)
    known = {cause.id for cause in runbook.causes}
    strangers = sorted(counted.keys() - known)
    if strangers:
        raise pytest.UsageError(
            f"{runbook.path}: there is no cause {', '.join(strangers)}, but the suite has a drill for it; "
            "give the runbook that row again or remove the drill"
        )
    twice = sorted(cause for cause, times in counted.items() if times > 1)
    if twice:
        raise pytest.UsageError(f"more than one drill for cause {', '.join(twice)}: a row of the runbook has one")
    return {
        "causes": [
            {"id": cause.id, "incident": incident.name, "cause": cause.name}
            for incident in runbook.incidents
            for cause in incident.causes
        ],
        "drilled": sorted(counted),
    }


def undrilled(runbook: Runbook, drilled: Iterable[str]) -> dict[str, str]:
    """Return a sentence for each cause of the runbook that no drill tries, by its id."""
    names = set(drilled)
    return {
        cause.id: f"{runbook.path}:{cause.line}: no drill tries cause {cause.id} {cause.name}"
        for cause in runbook.causes
        if cause.id not in names
    }


def unexecuted(runbook: Runbook, histories: Iterable[History], without: Container[str] = ()) -> list[Command]:
    """Return the documented commands that no drill typed: investigation, solution old and new, verification, reference.

    A command counts as typed when the same text with the same input was, in whatever incident. The solutions of the
    causes *without* a drill are left out: that their cause has none says it already.
    """
    typed = {(event.text, event.stdin) for history in histories for event in history.of(RanCommand) if event.line}
    return [command for command in documented(runbook, without) if (command.text, command.stdin) not in typed]


def documented(runbook: Runbook, without: Container[str] = ()) -> Iterator[Command]:
    """Yield every command that the runbook tells a responder to type, but for the solutions of causes *without* one."""
    for incident in runbook.incidents:
        for step in incident.investigation:
            yield from step.commands
        for cause in incident.causes:
            if cause.id not in without:
                yield from (*cause.commands, *cause.original)
        yield from incident.verification
    yield from runbook.critical_commands


def dealt(items: Sequence[T], busy: Collection[T] = ()) -> list[T]:
    """Return the items in the order in which two workers that begin with a half each take turns through them.

    The drills of one incident take about as long as each other, and by far not as long as those of another. Those that
    keep the machine *busy* are not held beside each other, so one worker holds all of them.
    """
    others = [item for item in items if item not in busy]
    return [*(item for item in items if item in busy), *others[1::2], *others[::2]]
