"""What a runbook holds, looked up by line and by words: the other side of a document's inventory."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from drills.runbook.model import Command

if TYPE_CHECKING:
    from drills.runbook.model import Runbook


@dataclass
class Holdings:
    """What a runbook holds: the lines that its values name, its commands, its words, and those about incidents."""

    lines: set[int]
    commands: dict[int, list[Command]]
    texts: set[str]
    words: set[str]
    told: set[str]
    solutions: set[str]
    introduced: int
    """The line of the document's title: plain words below it tell of the document."""

    def holds(self, text: str) -> bool:
        """Say whether *text*, or what follows its label, is one of the model's texts."""
        whole = squeezed(text)
        return bool(whole) and (whole in self.words or whole.partition(": ")[2] in self.words)

    def tells(self, text: str) -> bool:
        """Say whether *text* is only told about an incident, where a command is no step."""
        whole = squeezed(text)
        return whole in self.told or whole.partition(": ")[2] in self.told

    def runs(self, command: Command) -> bool:
        """Say whether the model has *command*, alone or as part of a longer one."""
        return any(command.text in each.text for each in self.commands.get(command.line, []))

    def knows(self, text: str) -> bool:
        """Say whether some command of the model has *text*, wherever it stands."""
        return any(text in each.text for known in self.commands.values() for each in known)

    def has_line(self, line: int, text: str) -> bool:
        """Say whether *text* is a line of a command that stands there, or of what is typed at a client."""
        stdin = (each.stdin or "" for known in self.commands.values() for each in known)
        return self.runs(Command(line, text)) or any(text in typed for typed in stdin)

    def types(self, text: str) -> bool:
        """Say whether *text* is typed at a client."""
        return any(each.stdin == text for known in self.commands.values() for each in known)


def holdings(runbook: Runbook, introduced: int) -> Holdings:
    """Return what *runbook* holds; the document's title stands on the line *introduced*."""
    told = {squeezed(text) for each in runbook.incidents for text in (*each.about, *each.escalation)}
    model = Holdings(set(), {}, set(), set(), told, {squeezed(each.solution) for each in runbook.causes}, introduced)
    _gather(runbook, model)
    typed = (command.text for known in model.commands.values() for command in known)
    model.words = {squeezed(text) for text in (*model.texts, *typed)} - {""}
    return model


def _gather(value: object, model: Holdings) -> None:
    if isinstance(value, str):
        model.texts.add(value)
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, model)
    elif isinstance(value, Command):
        for line in range(value.line, value.line + value.text.count("\n") + 1):
            model.commands.setdefault(line, []).append(value)
    elif is_dataclass(value):
        for each in fields(value):
            if each.name == "line":
                model.lines.add(getattr(value, each.name))
            else:
                _gather(getattr(value, each.name), model)


def squeezed(text: str) -> str:
    """Return *text* with single spaces."""
    return " ".join(text.split())
