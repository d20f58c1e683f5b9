"""The commands that a runbook tells a responder to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from drills.runbook.model import Command, Runbook


def documented(runbook: Runbook, without: Container[str] = (), *, originals: bool = True) -> Iterator[Command]:
    """Yield the commands in the order of the incidents, but for the solutions of the causes *without* one.

    *originals* are the solutions that the document corrects itself.
    """
    for incident in runbook.incidents:
        for step in incident.investigation:
            yield from step.commands
        for cause in incident.causes:
            if cause.id not in without:
                yield from cause.commands
                if originals:
                    yield from cause.original
        yield from incident.verification
    yield from runbook.critical_commands
