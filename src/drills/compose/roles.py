"""Which service plays which role of a descriptor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.compose.kinds import Found, Kind, kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drills.compose.project import Project
    from drills.compose.service import Service

GATEWAY = "gateway"
ROLES = {
    "worker": Kind.WORKER,
    "database": Kind.POSTGRES,
    "cache": Kind.REDIS,
    "object_store": Kind.S3,
    "identity": Kind.IDENTITY,
    "metrics": Kind.PROMETHEUS,
    "alerts": Kind.ALERTMANAGER,
    "dashboards": Kind.GRAFANA,
}
"""The roles for which there is one kind of service; what serves users is told by the ports."""
OBSERVING = frozenset({Kind.PROMETHEUS, Kind.ALERTMANAGER, Kind.GRAFANA, Kind.OBSERVER})
WEB_PORTS = (80, 443, 8080, 8000, 3000)
"""Of several ports of the front door, the one that is likelier to be HTTP comes first."""

_TRIES = (
    (Kind.PROXY, True, "the proxy with a port of the machine"),
    (Kind.APPLICATION, True, "the application with a port of the machine"),
    (Kind.PROXY, False, "the proxy, though it has no port of the machine"),
    (Kind.APPLICATION, False, "the application, though it has no port of the machine"),
)
"""Where the front door is looked for, the likelier first: the kind, and whether it needs a port of the machine."""


@dataclass(frozen=True)
class Role:
    """A role and its *service*; *guessed* where another service could have been meant, or words alone say so."""

    name: str
    service: str
    why: str
    guessed: bool = False


def roles(project: Project, found: Mapping[str, Found] | None = None) -> tuple[Role, ...]:
    """Return the roles of *project*: those that the engine knows, then each other lasting service under its name."""
    known = kinds(project) if found is None else found
    front = _front_door(project, known)
    taken = [front] if front else []
    serving = _serving(project, known, front)
    taken += [serving] if serving else []
    for name, kind in ROLES.items():
        role = _role(name, [each for each in project.services if known[each.name].kind is kind], project, known)
        taken += [role] if role else []
    served = {role.service for role in taken} | {role.name for role in taken}
    rest = (each.name for each in project.services if known[each.name].kind is not Kind.ONE_SHOT)
    return (*taken, *(Role(name, name, "its own name") for name in rest if name not in served))


def _role(name: str, able: list[Service], project: Project, known: Mapping[str, Found]) -> Role | None:
    if not able:
        return None
    needed = {each.name: sum(each.name in other.needs for other in project.services) for each in able}
    chosen = min(able, key=lambda each: (-needed[each.name], len(each.name), each.name))
    told = known[chosen.name]
    if len(able) == 1:
        return Role(name, chosen.name, told.why, told.guessed)
    others = ", ".join(sorted(each.name for each in able if each is not chosen))
    return Role(name, chosen.name, f"most services depend on it; {others} could be it as well", guessed=True)


def _front_door(project: Project, known: Mapping[str, Found]) -> Role | None:
    """Return the service that users meet: a proxy with a port of the machine, else an application with one.

    Where no service has one, any that says on which port it listens.
    """
    for kind, published, what in _TRIES:
        able = [each for each in project.services if known[each.name].kind is kind]
        able = [each for each in able if (each.ports if published else each.targets)]
        if able:
            chosen = min(able, key=lambda each: (_rank(each), each.name))
            others = ", ".join(sorted(each.name for each in able if each is not chosen))
            more = f"; {others} could be it as well" if others else ""
            return Role(GATEWAY, chosen.name, f"{what}{more}", bool(others) or not chosen.ports)
    return None


def _rank(service: Service) -> int:
    return min((WEB_PORTS.index(port) if port in WEB_PORTS else len(WEB_PORTS) for port in service.targets), default=9)


def _serving(project: Project, known: Mapping[str, Found], front: Role | None) -> Role | None:
    """Return the application behind the front door, None where the front door is the application itself."""
    able = [each for each in _applications(project, known) if front is None or each.name != front.service]
    if not able:
        return None
    behind = project.service(front.service).needs if front else {}
    chosen = min(able, key=lambda each: (each.name not in behind, -_links(each, project), len(each.name), each.name))
    others = ", ".join(sorted(each.name for each in able if each is not chosen))
    why = "the application behind the front door"
    return Role("backend", chosen.name, f"{why}; {others} could be it as well" if others else why, bool(others))


def _links(service: Service, project: Project) -> int:
    """Return how many other services one depends on, or has the name of as a host in its settings."""
    hosts = {word for value in service.environment.values() for word in re.split(r"[^\w.-]+", value)}
    return sum(other.name in service.needs or other.name in hosts for other in project.services if other != service)


def _applications(project: Project, known: Mapping[str, Found]) -> Iterable[Service]:
    return (each for each in project.services if known[each.name].kind is Kind.APPLICATION)


def emptied(project: Project, found: Mapping[str, Found]) -> tuple[Service, ...]:
    """Return the services that healing empties and starts afresh: all but what observes the system.

    One-shots are among them, since a container that has ended still holds its volumes.
    """
    return tuple(each for each in project.services if found[each.name].kind not in OBSERVING)
