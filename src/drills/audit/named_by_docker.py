"""What commands of Docker and Compose name: containers, services, replicas."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from drills.audit.compose_project import SCALING
from drills.audit.finding import Finding, Kind, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.audit.command_facts import Facts

AUDIT: Final = "commands"
CONTAINER: Final = Kind(AUDIT, "no-container", Severity.HIGH, "Name the container as `docker ps` does.")
SERVICE: Final = Kind(AUDIT, "no-service", Severity.HIGH, "Name a service of the compose file.")
SCALED: Final = Kind(AUDIT, SCALING.name, Severity.HIGH, SCALING.proposal)
SPELT: Final = Kind(AUDIT, "compose-v1", Severity.HIGH, "Write `docker compose`, or install docker-compose.")
OF_CONTAINERS: Final = frozenset(
    [
        "attach",
        "exec",
        "inspect",
        "kill",
        "logs",
        "pause",
        "port",
        "restart",
        "rm",
        "start",
        "stats",
        "stop",
        "top",
        "unpause",
        "wait",
    ]
)
OF_SERVICES: Final = frozenset(
    [
        "build",
        "create",
        "exec",
        "kill",
        "logs",
        "pause",
        "port",
        "ps",
        "pull",
        "restart",
        "rm",
        "run",
        "start",
        "stop",
        "top",
        "unpause",
        "up",
    ]
)
ONE: Final = frozenset(("exec", "run", "port"))
"""Commands of which only the first word names something; the rest is typed inside."""
VALUED: Final = frozenset(
    [
        "-c",
        "-e",
        "-f",
        "-n",
        "-p",
        "-t",
        "-u",
        "-w",
        "--context",
        "--env",
        "--file",
        "--filter",
        "--format",
        "--profile",
        "--project-name",
        "--scale",
        "--since",
        "--tail",
        "--time",
        "--timeout",
        "--until",
        "--user",
        "--workdir",
        "--env-file",
        "--index",
        "--signal",
        "-s",
        "--project-directory",
    ]
)
"""Options that are followed by a value."""
UNVALUED_LOGS: Final = frozenset(("-f", "-t"))
"""Of `logs` these are switches, elsewhere they have a value."""
V1: Final = "docker-compose"


def spelling(words: Sequence[str], known: Facts) -> Iterator[Finding]:
    """Yield `docker-compose` where the responder has no such program."""
    if words[0] == V1 and not known.has(V1):
        yield SPELT.found(V1, "docker-compose is not there, only `docker compose` may be", f"`{' '.join(words)}`")


def compose_command(words: Sequence[str], known: Facts) -> Iterator[Finding]:
    """Yield the services that a command of Compose names and the project lacks, and those that cannot be scaled."""
    rest = list(words[1:]) if words[0] == V1 else list(words[2:]) if list(words[:2]) == ["docker", "compose"] else None
    if rest is None:
        return
    verb, *given = _plain(rest, "") or [""]
    for value in _values(rest, "--scale"):
        name, _, number = value.partition("=")
        yield from _scaled(name, number, known)
    if verb in OF_SERVICES:
        for name in _plain(rest[rest.index(verb) + 1 :], verb)[: 1 if verb in ONE else None]:
            yield from _service(name, words, known)
    if verb == "scale":
        for value in given:
            yield from _scaled(*value.partition("=")[::2], known)


def _scaled(name: str, number: str, known: Facts) -> Iterator[Finding]:
    service = known.project.service(name)
    if service is None:
        yield from _service(name, ["--scale", f"{name}={number}"], known)
    elif number.isdigit() and int(number) > 1 and service.container:
        told = f"`--scale {name}={number}`, and container_name is {service.container}"
        yield SCALED.found(name, f"{name} cannot be scaled", told)
    elif number.isdigit() and int(number) > 1 and any(port.host for port in service.ports):
        yield SCALED.found(
            name, f"{name} cannot be scaled", f"`--scale {name}={number}`, and it has a port of the host"
        )


def _service(name: str, words: Sequence[str], known: Facts) -> Iterator[Finding]:
    if _is_name(name) and name not in known.services:
        told = f"`{' '.join(words)}`; services: {', '.join(sorted(known.services))}"
        yield SERVICE.found(name, f"no service is called {name}", told)


def docker_command(words: Sequence[str], known: Facts) -> Iterator[Finding]:
    """Yield the containers that a command of Docker names and the project does not make."""
    if words[0] != "docker" or len(words) < 3 or words[1] == "compose":  # noqa: PLR2004 - docker, verb, name
        return
    rest = list(words[1:])
    if rest[0] == "container":
        rest = rest[1:]
    verb = rest[0]
    if verb not in OF_CONTAINERS:
        return
    for name in _plain(rest[1:], verb)[: 1 if verb in ONE else None]:
        if _is_name(name) and name not in known.containers:
            told = f"`{' '.join(words)}`; containers: {', '.join(sorted(known.containers)[:12])}"
            yield CONTAINER.found(name, f"no container is called {name}", told)


def _is_name(text: str) -> bool:
    """Say whether *text* is a name, and no variable, placeholder or redirection."""
    return bool(text) and not set(text) & set("$<>{}*`=/") and not text.isdigit()


def _plain(words: Sequence[str], verb: str) -> list[str]:
    """Return the words that are neither options nor their values."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-") and not (found and verb in ONE):
            switch = word in UNVALUED_LOGS and verb in ("logs", "rm")
            skip = word in VALUED and not switch and not (verb in ("exec", "run") and word == "-t")
        elif word[:1] not in "<>" and ">" not in word:
            found.append(word)
    return found


def _values(words: Sequence[str], option: str) -> list[str]:
    """Return the values of an option that may stand several times."""
    apart = [after for word, after in itertools.pairwise(words) if word == option]
    return [*apart, *(word.partition("=")[2] for word in words if word.startswith(f"{option}="))]
