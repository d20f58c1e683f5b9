"""Which reading of the investigation would show a fault, and how it would change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.adopt.faults import Effect
from drills.compose.kinds import Kind
from drills.drill.scenario import symptom_command
from drills.record.symptom import Symptom, SymptomChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.adopt.faults import Guess
    from drills.compose.derived import Derived
    from drills.runbook.model import Incident

_LISTS = re.compile(r"(?<![\w/.-])docker(?:-compose|\s+compose)?\s+(?:container\s+ls|ps)\b(?P<rest>[^|&;]*)")
_ALL = re.compile(r"(?:^|\s)(?:-\w*a\w*|--all)\b")
_CURL = re.compile(r"(?<![\w/.-])curl\b")
_LOGS = re.compile(r"(?<![\w/.-])docker(?:-compose|\s+compose)?\s+logs\b")
_GREPS = re.compile(r"\b(?:grep|awk)\b|--filter\b")
_SAYS_WHY = (
    r"(?i)could not|failed to connect|connection refused|timed out|bad gateway|unavailable|curl: \(\d+\)|\b50[0234]\b"
)
_NOT_THERE = r"(?i)is not running|no such container|connection refused|could not connect"
_LOGGED = {
    Effect.GONE: r"(?i)refused|could not (?:connect|translate|resolve)|not known|ENOTFOUND|connection (?:reset|closed)",
    Effect.SILENT: r"(?i)time(?:d )?-?out|ETIMEDOUT",
    Effect.FULL_STORE: r"OOM command not allowed|OutOfMemory",
    Effect.DISK: r"(?i)no space left",
}
"""What clients of a service write into their own log while it has that fault."""


def symptom(guess: Guess, incident: Incident, told: Derived) -> Symptom | None:
    """Return the reading that shows *guess* most directly, None where no command of the investigation would.

    The log of another service is the last resort: what a client writes there is its own affair.
    """
    commands = [command.text for step in incident.investigation for command in step.commands]
    for reads in (_of_clients, _of_machine, _of_containers, _of_users, _of_logs):
        for text in commands:
            for found in reads(text, guess, told):
                try:
                    symptom_command(incident, found)
                except ValueError:
                    continue  # two commands contain this one, so a drill could not tell which is meant
                return found
    return None


def _of_clients(text: str, guess: Guess, told: Derived) -> Iterator[Symptom]:
    """Yield what a store's own client would say of it."""
    kind = told.kinds[guess.service.name].kind
    if guess.effect is Effect.FULL_STORE:
        if "redis-cli" in text and re.search(r"\binfo\b", text, re.IGNORECASE):
            yield Symptom(text, r"used_memory:(\d+)", SymptomChange.GROWS)
    elif guess.effect in (Effect.GONE, Effect.SILENT):
        if kind is Kind.REDIS and re.search(r"redis-cli.*\bping\b", text, re.IGNORECASE):
            yield Symptom(text, r"^PONG", SymptomChange.VANISHES)
        if kind is Kind.POSTGRES and "pg_isready" in text:
            yield Symptom(text, "accepting connections", SymptomChange.VANISHES)


def _of_containers(text: str, guess: Guess, told: Derived) -> Iterator[Symptom]:  # noqa: ARG001 - one of five readings
    """Yield what the engine says of the container."""
    name = re.escape(guess.service.name)
    named = re.search(rf"(?<![\w-]){name}(?![\w-])", text) is not None
    if guess.effect is Effect.FULL_STORE and "docker stats" in text:
        yield Symptom(text, rf"(?<![\w-]){name}\s+[\d.]+%\s+([\d.]+)MiB", SymptomChange.GROWS)
    if guess.effect not in (Effect.GONE, Effect.KILLED, Effect.PORT):
        return
    found = _LISTS.search(text)
    if found and (named or not _GREPS.search(text)):
        if _ALL.search(found["rest"]):
            yield Symptom(text, rf"(?<![\w-]){name}\b.*(?:Exited|Restarting|Created|Dead)", SymptomChange.APPEARS)
        else:
            yield Symptom(text, rf"(?<![\w-]){name}\b", SymptomChange.VANISHES)
    if named and re.search(r"\bexec\b", text):
        yield Symptom(text, _NOT_THERE, SymptomChange.APPEARS)


def _of_machine(text: str, guess: Guess, told: Derived) -> Iterator[Symptom]:
    """Yield what the machine says of its disk, its ports and what it killed."""
    if guess.effect is Effect.KILLED and "OOMKilled" in text:
        yield Symptom(text, rf"(?<![\w-]){re.escape(guess.service.name)}\b.*true", SymptomChange.APPEARS)
    if guess.effect is Effect.DISK and re.search(r"(?<![\w/.-])df\b", text):
        yield Symptom(text, r"\b(?:9\d|100)%", SymptomChange.APPEARS)
    if guess.effect is Effect.PORT and re.search(r"\bnetstat\b", text):
        port = told.keys["ports"][guess.role]
        yield Symptom(text, rf":{port}\b.*LISTEN\s+\d+/(?!docker-proxy)\S+", SymptomChange.APPEARS)


def _of_users(text: str, guess: Guess, told: Derived) -> Iterator[Symptom]:  # noqa: ARG001 - one of five readings
    """Yield what a request through the front door ends with."""
    if guess.role in ("gateway", "backend") and guess.effect is not Effect.DISK and _CURL.search(text):
        yield Symptom(text, _SAYS_WHY, SymptomChange.APPEARS)


def _of_logs(text: str, guess: Guess, told: Derived) -> Iterator[Symptom]:  # noqa: ARG001 - one of five readings
    """Yield what another service writes into its log."""
    own = re.search(rf"(?<![\w-]){re.escape(guess.service.name)}(?![\w-])", text)
    if guess.effect in _LOGGED and _LOGS.search(text) and not own:
        yield Symptom(text, _LOGGED[guess.effect], SymptomChange.APPEARS)
