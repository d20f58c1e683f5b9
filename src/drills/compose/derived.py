"""The keys of a stack's descriptor that follow from its compose project, so that nobody has to write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drills.compose.kinds import USUAL_PORT, Found, Kind, kinds
from drills.compose.roles import GATEWAY, WEB_PORTS, Role, emptied, roles
from drills.compose.rule_files import rules_file
from drills.compose.service import sole_variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.compose.project import Project
    from drills.compose.service import Port, Service

RESTART = "docker-compose restart {service}"
UP = "docker-compose up -d --wait"
CONTAINERS = "docker ps -a --format '{{.Names}} {{.Image}}' | sort"
VOLUMES = "docker volume ls -q | grep -vxE '[0-9a-f]{64}' | sort"
NETWORKS = "docker network ls --format '{{.Name}}' | sort"
FILES = "find {} -type f -exec sha256sum {{}} + | sort -k 2"
_ADDRESS = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(?P<port>\d+))?(?P<path>/[\w./~-]*)?")
_BUCKET = re.compile(r"(?:^|_)BUCKET(?:_NAME)?$")


@dataclass(frozen=True)
class Credentials:
    """How a client gets into a store: names that are no secret, and the *settings* that hold those that are.

    A setting that stands in the files in plain text is named like the service's own variable.
    """

    values: Mapping[str, str]
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Derived:
    """What Compose tells of a stack: *keys* of its descriptor, the *roles* behind them, and what each service is."""

    project: Project
    kinds: Mapping[str, Found]
    roles: tuple[Role, ...]
    keys: Mapping[str, Any]

    def service(self, role: str) -> Service | None:
        """Return the service in *role*, None where no service plays it."""
        name = next((each.service for each in self.roles if each.name == role), None)
        return self.project.service(name) if name else None


def derived(project: Project, files: tuple[str, ...] = ()) -> Derived:
    """Return what follows from *project*; *files* are the descriptor's own, whose contents a drill must not change."""
    found = kinds(project)
    played = roles(project, found)
    taken = {role.name: project.service(role.service) for role in played}
    keys: dict[str, Any] = {
        "name": project.name,
        "project": project.name,
        "roles": {role.name: role.service for role in played},
        "ports": dict(_ports(taken, found)),
        "scalable": tuple(each.name for each in project.services if not _named(each) and _lasts(each, found)),
        "replicas": dict(_replicas(taken)),
        "environment": dict(_addresses(project)),
        "restart": {"line": RESTART},
        "heal": {"lines": _heal(project, found)},
        "snapshot": {"lines": (CONTAINERS, VOLUMES, NETWORKS, *((FILES.format(" ".join(files)),) if files else ()))},
    }
    keys |= {"health": dict(_health(taken, keys["ports"]))}
    for key, part in (("database", database(taken)), ("objects", objects(project, taken))):
        keys |= {key: {**part.values, **part.settings}} if part else {}
    rules = rules_file(taken["metrics"], project.folder) if "metrics" in taken else None
    keys |= {"rules": rules} if rules else {}
    return Derived(project, found, played, keys)


def _named(service: Service) -> bool:
    """Say whether the container has a name of its own, whichever."""
    return service.container_name is not None


def _lasts(service: Service, found: Mapping[str, Found]) -> bool:
    return found[service.name].kind is not Kind.ONE_SHOT


def _ports(taken: Mapping[str, Service], found: Mapping[str, Found]) -> Iterator[tuple[str, int]]:
    """Yield the port of each role that has one on every address, or on one that a variable says."""
    used: set[int] = set()
    for role, service in taken.items():
        usual = USUAL_PORT.get(found[service.name].kind) or checked_port(service)
        able = [each for each in service.ports if each.published is not None and reachable(service, each)]
        able.sort(key=lambda each: (each.target != usual, _web(each.target)))
        port = next((each.published for each in able if each.published not in used), None)
        if port is not None:
            used.add(port)
            yield role, port


def _web(target: int) -> int:
    return WEB_PORTS.index(target) if target in WEB_PORTS else len(WEB_PORTS)


def reachable(service: Service, port: Port) -> bool:
    """Say whether a sandbox can pass a port on: it is on every address, or a variable can put it there."""
    return port.anywhere or address_variable(service, port) is not None


def address_variable(service: Service, port: Port) -> str | None:
    """Return the variable that says on which address *port* is, None where the files fix it."""
    for written in service.raw.get("ports") or ():
        if isinstance(written, dict):
            matches, address = str(written.get("target")) == str(port.target), written.get("host_ip")
        else:
            matches = str(written).partition("/")[0].endswith(f":{port.target}")
            address = _before_ports(str(written))
        name = sole_variable(address) if matches and address else None
        if name:
            return name
    return None


def _before_ports(written: str) -> str:
    """Return the address of `address:published:target`; a colon within `${…}` separates nothing."""
    parts = re.findall(r"(?:\$\{[^}]*\}|\[[^\]]*\]|[^:])+", written)
    return parts[0] if len(parts) > 2 else ""  # noqa: PLR2004 - the three parts of a published port


def _addresses(project: Project) -> Iterator[tuple[str, str]]:
    for service in project.services:
        for port in service.ports:
            name = None if port.anywhere else address_variable(service, port)
            if name:
                yield name, "0.0.0.0"  # noqa: S104 - inside of the sandbox, which passes on what it is told to


def _replicas(taken: Mapping[str, Service]) -> Iterator[tuple[str, str]]:
    for role, service in taken.items():
        name = sole_variable((service.raw.get("deploy") or {}).get("replicas") or service.raw.get("scale") or "")
        if name:
            yield role, name


def _health(taken: Mapping[str, Service], ports: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the path that a role's own health check asks for, where a client reaches the same port."""
    for role, service in taken.items():
        if role not in ports or role not in (GATEWAY, "backend", "worker"):
            continue
        found = _ADDRESS.search(service.check)
        reached = next((each.target for each in service.ports if each.published == ports[role]), None)
        path = (found["path"] or "/") if found and checked_port(service) == reached else "/"
        if role == GATEWAY or path != "/":
            yield role, path


def checked_port(service: Service) -> int | None:
    """Return the port that a service's own health check asks, None where it asks none over HTTP."""
    found = _ADDRESS.search(service.check)
    return int(found["port"] or 80) if found else None


def database(taken: Mapping[str, Service]) -> Credentials | None:
    """Return how to get into the Postgres, None where the project does not say it, or only in a file of its own."""
    service = taken.get("database")
    if service is None:
        return None
    password = _setting(service, ("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"))
    if password is None:
        return None
    given = service.environment
    user = given.get("POSTGRES_USER") or given.get("POSTGRESQL_USERNAME") or "postgres"
    name = given.get("POSTGRES_DB") or given.get("POSTGRESQL_DATABASE") or user
    return Credentials({"name": name, "user": user}, {"password": password})


def objects(project: Project, taken: Mapping[str, Service]) -> Credentials | None:
    """Return how to get into the object store, None where the project does not say it or names no bucket."""
    service = taken.get("object_store")
    if service is None:
        return None
    access = _setting(service, ("MINIO_ROOT_USER", "MINIO_ACCESS_KEY"))
    secret = _setting(service, ("MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"))
    buckets = sorted(
        {value for each in project.services for key, value in each.environment.items() if _BUCKET.search(key) and value}
    )
    if access is None or secret is None or len(buckets) != 1:
        return None
    return Credentials({"bucket": buckets[0]}, {"access_key": access, "secret_key": secret})


def _setting(service: Service, names: tuple[str, ...]) -> str | None:
    """Return the setting behind the first of the variables that the service has; its own name where it is literal."""
    name = next((each for each in names if service.environment.get(each) or service.variable(each)), None)
    return (service.variable(name) or name) if name else None


def plain(project: Project, taken: str, setting: str) -> str | None:
    """Return the value of a variable of the service *taken* that stands in the files, None where a setting holds it."""
    if setting in project.variables:
        return None
    return project.service(taken).environment.get(setting)


def _heal(project: Project, found: Mapping[str, Found]) -> tuple[str, ...]:
    """Return the lines that empty what the project keeps, and start it afresh; what observes it goes on."""
    afresh = emptied(project, found)
    names = " ".join(each.name for each in afresh)
    kept = {mount.source for each in project.services if each not in afresh for mount in each.mounts}
    held = {mount.source for each in afresh for mount in each.mounts if mount.kind == "volume"} - kept
    volumes = " ".join(sorted(project.volumes[key] for key in held if key in project.volumes))
    return (
        f"docker-compose rm --stop --force --volumes {names}",
        *((f"docker volume rm --force {volumes}",) if volumes else ()),
        UP,
    )
