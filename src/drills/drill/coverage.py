"""Compare the runbook with the drills in both directions: no row without a drill, and no drill without a row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from drills.record.events import RanCommand
from drills.runbook.documented import documented
from drills.runbook.programs import programs

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Sequence

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


NOTHING_FOUND = 1
SEARCHES = frozenset(["grep", "egrep", "fgrep", "zgrep", "diff", "cmp"])
"""Programs that end with 1 where there is nothing to show: they ran. Any other exit code but 0 is a failure."""


def unexecuted(
    runbook: Runbook, histories: Iterable[History], without: Container[str] = ()
) -> dict[Command, int | None]:
    """Return the documented commands that no drill executed, with the last exit code of those that only failed.

    Of investigation, solution old and new, verification and reference. A command counts where the same text with the
    same input was executed, in whatever incident. The solutions of the causes *without* a drill are left out, since
    those causes are reported already. None: it was not typed, or had no exit code.
    """
    ran = [event for history in histories for event in history.of(RanCommand) if event.line]
    done = {(event.text, event.stdin) for event in ran if executed(event)}
    exits = {(event.text, event.stdin): event.exit for event in ran}
    left = [each for each in documented(runbook, without) if (each.text, each.stdin) not in done]
    return {command: exits.get((command.text, command.stdin)) for command in left}


def executed(ran: RanCommand) -> bool:
    """Tell whether a command did what it is for: it ended with 0, or it is a search that found nothing."""
    if ran.exit == NOTHING_FOUND:
        return [None, *programs(ran.text)][-1] in SEARCHES
    return ran.exit == 0


def dealt(items: Sequence[T], exclusive: Collection[T] = ()) -> list[T]:
    """Return the items in the order in which two workers that begin with a half each take turns through them.

    The drills of one incident take about as long as each other, and by far not as long as those of another. The
    *exclusive* ones are not run beside each other, so one worker gets all of them.
    """
    others = [item for item in items if item not in exclusive]
    return [*(item for item in items if item in exclusive), *others[1::2], *others[::2]]
