"""Heads of hand-made records as drills of today write them: with a run, the solution's lines, promises, and a hash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from drills.record.head import Drill, SolutionLine
from drills.record.seal import FIELD, seal
from drills.record.solution_lines import solution_lines
from tests.helpers.histories import FIRING, Event, Story, command, put

if TYPE_CHECKING:
    from collections.abc import Iterator

SYMPTOM = {"command": "ping", "pattern": "PONG", "change": "vanishes", "line": 7}


def of_today(story: Story, **head: Any) -> Story:
    """Return *story* with a head of today, which *head* adds to, and the readings that prove its cause."""
    usual = {
        "symptom": SYMPTOM,
        "solution_lines": lines_of(story),
        "run": "one",
        "promises": [],
        "rules_out": [],
    }
    return put((sealed(story[0] | usual | head), *story[1:]), *_readings())


def sealed(head: Event) -> Event:
    """Return a head with its hash, as the recorder writes it."""
    told = {name: value for name, value in head.items() if name != FIELD}
    return told | {FIELD: seal(Drill.model_validate_json(json.dumps(told)))}


def lines_of(story: Story) -> dict[str, Any]:
    """Return what the head of *story* has to say of the commands that were typed as its solution."""
    typed = [each for each in story if each.get("purpose") == "resolve"]
    lines = (SolutionLine(line=each["line"], text=each["text"], stdin=each.get("stdin")) for each in typed)
    return solution_lines(lines).model_dump(mode="json")


def _readings() -> Iterator[Event]:
    for t, when, output in ((9.0, "normal", "PONG"), (FIRING + 1, "abnormal", "refused")):
        yield command("diagnose", t, line=7, text="redis-cli ping", when=when, output=output)
