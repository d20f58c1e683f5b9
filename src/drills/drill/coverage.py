"""Compare the runbook with the drills in both directions: no row without a drill, and no drill without a row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from drills.record.events import RanCommand

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence

    from drills.record.history import History
    from drills.runbook import Runbook
    from drills.runbook.model import Command

T = TypeVar("T")


class CoverageError(ValueError):
    """The runbook and the drills do not fit together; the text says which row or drill, and what to change."""


def coverage(runbook: Runbook, drilled: Iterable[str]) -> dict[str, Any]:
    """Return the causes of the runbook and those that have a drill; CoverageError when the two do not fit together."""
    counted = Counter(drilled)
    known = {cause.id for cause in runbook.causes}
    unknown = sorted(counted.keys() - known)
    if unknown:
        raise CoverageError(
            f"{runbook.path}: there is no cause {', '.join(unknown)}, but the suite has a drill for it; "
            "give the runbook that row again or remove the drill"
        )
    twice = sorted(cause for cause, times in counted.items() if times > 1)
    if twice:
        raise CoverageError(f"more than one drill for cause {', '.join(twice)}: a row of the runbook has one")
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
    causes *without* a drill are left out, since those causes are reported already.
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


def dealt(items: Sequence[T], exclusive: Collection[T] = ()) -> list[T]:
    """Return the items in the order in which two workers that begin with a half each take turns through them.

    The drills of one incident take about as long as each other, and by far not as long as those of another. The
    *exclusive* ones are not run beside each other, so one worker gets all of them.
    """
    others = [item for item in items if item not in exclusive]
    return [*(item for item in items if item in exclusive), *others[1::2], *others[::2]]
