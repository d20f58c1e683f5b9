"""What was typed during an arm, in the order of time, as the page lists and its charts mark it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drills.record.events import RanCommand

if TYPE_CHECKING:
    from drills.record.history import History

PURPOSES: Final = {
    "resolve": "solution",
    "placebo": "instead of the solution",
    "verify": "verification",
    "restart": "restart, to see whether it lasts",
    "undo": "clearing up",
}
READINGS: Final = {"normal": "investigation, before the fault", "abnormal": "investigation, during the incident"}
MARKED: Final = ("resolve", "placebo", "restart")
"""Commands that change the system, or stand for those that do: each has a number in the chart."""
OUTPUT_SHOWN: Final = 3000
"""Characters at the end of a failed command's output that the page shows: the record has the rest."""


@dataclass(frozen=True)
class Typed:
    """A command that was typed: begun at *at_s*, for *took_s* seconds.

    *number* is its mark in the chart, 0 for none; *cut* says how many characters at the beginning of the output
    are left out.
    """

    number: int
    at_s: float
    took_s: float
    purpose: str
    line: int
    text: str
    exit: int | None
    output: str
    cut: int

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than well."""
        return self.exit != 0

    @property
    def ended(self) -> str:
        """Word how it ended."""
        return "no exit code" if self.exit is None else f"exit {self.exit}"


def transcript(history: History) -> tuple[Typed, ...]:
    """Return all commands of *history* in the order in which they were begun."""
    ran = sorted(history.of(RanCommand), key=_begun_s)
    marked = [command for command in ran if command.purpose in MARKED]
    numbers = {id(command): number for number, command in enumerate(marked, start=1)}
    return tuple(_typed(command, numbers.get(id(command), 0)) for command in ran)


def _begun_s(command: RanCommand) -> float:
    """Return when it was begun: a record has the time of its end."""
    return max(0.0, command.t - command.seconds)


def _typed(command: RanCommand, number: int) -> Typed:
    said = command.output.strip("\n") if command.exit != 0 else ""
    return Typed(
        number=number,
        at_s=_begun_s(command),
        took_s=command.seconds,
        purpose=READINGS[command.when] if command.when else PURPOSES.get(command.purpose, "investigation"),
        line=command.line,
        text=command.text,
        exit=command.exit,
        output=said[-OUTPUT_SHOWN:],
        cut=max(0, len(said) - OUTPUT_SHOWN),
    )
