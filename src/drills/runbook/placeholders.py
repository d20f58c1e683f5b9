"""Fill in what a document leaves to the responder: `<pod>` and `{{ pod }}`, from the values of a descriptor."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.common.shell_text import placeholders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.runbook.model import Cause, Command, Incident, Runbook, Step


def filled_text(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with each placeholder that *values* name; case, spaces, `-` and `_` do not count in a name."""
    known = {_name(name): value for name, value in values.items()}
    for found in placeholders(text):
        text = text.replace(found, known.get(_name(found), found))
    return text


def filled(runbook: Runbook, values: Mapping[str, str]) -> Runbook:
    """Return *runbook* with the placeholders of its commands filled in; lines and everything else stay."""
    if not values:
        return runbook
    return replace(
        runbook,
        incidents=tuple(_incident(each, values) for each in runbook.incidents),
        critical_commands=_commands(runbook.critical_commands, values),
    )


def _name(placeholder: str) -> str:
    return re.sub(r"[\s_-]+", "_", placeholder.strip("<>{} ").lower())


def _incident(incident: Incident, values: Mapping[str, str]) -> Incident:
    return replace(
        incident,
        investigation=tuple(_step(each, values) for each in incident.investigation),
        causes=tuple(_cause(each, values) for each in incident.causes),
        verification=_commands(incident.verification, values),
    )


def _step(step: Step, values: Mapping[str, str]) -> Step:
    return replace(step, commands=_commands(step.commands, values))


def _cause(cause: Cause, values: Mapping[str, str]) -> Cause:
    return replace(cause, commands=_commands(cause.commands, values), original=_commands(cause.original, values))


def _commands(commands: tuple[Command, ...], values: Mapping[str, str]) -> tuple[Command, ...]:
    return tuple(
        replace(
            each,
            text=filled_text(each.text, values),
            stdin=filled_text(each.stdin, values) if each.stdin else each.stdin,
        )
        for each in commands
    )
