"""`drills incident`: write an incident down line by line, and make its documents from the runbook's templates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from drills.commands import incident_actions as actions
from drills.common.visible import visible
from drills.incident.entries import Topic
from drills.incident.errors import IncidentError
from drills.record.format import RecordError
from drills.runbook import RunbookError
from drills.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

BAD_INPUT = 4
COMMANDS = "new|note|update|escalate|resolve|from-record|render"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one sentence; the usage is in --help."""
        self.exit(BAD_INPUT, visible(f"{self.prog}: {message}; see {self.prog} --help\n"))


def main(arguments: Sequence[str]) -> int:
    """Run the command line; returns 0, or 4 with one sentence on stderr for input that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (IncidentError, RunbookError, RecordError, SettingsError) as error:
        sys.stderr.write(visible(f"drills incident: {error}\n"))
        return BAD_INPUT
    return 0


def _parser() -> argparse.ArgumentParser:
    usage = f"drills incident [-h] {COMMANDS} ..."
    parser = _Parser(prog="drills incident", usage=usage, description=__doc__)
    commands = parser.add_subparsers(required=True, metavar=COMMANDS, parser_class=_Parser, prog="drills incident")
    _new(commands.add_parser("new", help="open an incident; prints its id"))
    _note(commands.add_parser("note", help="write down what was seen, done or found"))
    _update(commands.add_parser("update", help="write down a status update that is sent"))
    _escalate(commands.add_parser("escalate", help="write down that a role is called"))
    _resolve(commands.add_parser("resolve", help="write down that it is over"))
    _from_record(commands.add_parser("from-record", help="make an incident from the record of a drill or of checks"))
    _render(commands.add_parser("render", help="make every document"))
    for command in commands.choices.values():
        command.add_argument("--folder", type=Path, metavar="DIR", help="where the incidents' files are")
        command.add_argument("--runbook", type=Path, metavar="FILE", help="another document")
        command.add_argument(
            "--secret-variable", action="append", default=[], metavar="NAME", help="mask the value of this variable"
        )
    return parser


def _new(command: argparse.ArgumentParser) -> None:
    command.add_argument("--sev", required=True, metavar="N", help="the level that you declare")
    command.add_argument("--title", required=True, metavar="TEXT", help="what is wrong, in a few words")
    command.add_argument("--incident", type=int, metavar="N", help="the chapter of the runbook")
    command.add_argument("--started", metavar="TIME", help="when it began, if that was earlier")
    _by(command)
    command.set_defaults(run=actions.new)


def _note(command: argparse.ArgumentParser) -> None:
    _line(command, "what was seen, done or found")
    command.add_argument(
        "--about", choices=[*map(str, Topic)], default=str(Topic.OBSERVATION), metavar="TOPIC",
        help=f"what it is about: {', '.join(Topic)}",
    )  # fmt: skip
    command.add_argument("--owner", default="", metavar="ROLE", help="who owns an action item")
    command.add_argument("--priority", default="", metavar="WORD", help="an action item's priority, such as High")
    command.add_argument("--point", default="", metavar="WORDS", help="which step after the resolution evidence is for")
    command.set_defaults(run=actions.note)


def _update(command: argparse.ArgumentParser) -> None:
    _line(command, "what is new")
    command.add_argument("--status", default="", metavar="WORD", help="the status from now on")
    command.add_argument("--sev", metavar="N", help="the level from now on")
    command.set_defaults(run=actions.update)


def _escalate(command: argparse.ArgumentParser) -> None:
    _line(command, "why more people are needed")
    command.add_argument("--to", required=True, metavar="ROLE", help="the role that is called")
    command.set_defaults(run=actions.escalate)


def _resolve(command: argparse.ArgumentParser) -> None:
    _line(command, "what ended it")
    command.set_defaults(run=actions.resolve)


def _from_record(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", type=Path, metavar="PATH", help="folder of a drill's arm, or a run's checks.json")
    command.add_argument("--sev", metavar="N", help="the level that you declare, instead of the one that was observed")
    command.set_defaults(run=actions.from_record)


def _render(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="the incident")
    command.add_argument("--output", type=Path, metavar="DIR", help="where to: its documents go into DIR/ID")
    command.add_argument("--at", metavar="TIME", help="what was known then: of an open incident, what is due by then")
    command.set_defaults(run=actions.render)


def _line(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("id", metavar="ID", help="the incident")
    command.add_argument("text", metavar="TEXT", help=what)
    _by(command)


def _by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--time", metavar="TIME", help="when, ISO 8601, UTC; now, if it is not said")
    command.add_argument("--by", default="", metavar="NAME", help="who writes it down")
