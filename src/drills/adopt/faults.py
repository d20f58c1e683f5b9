"""Which fault of the catalogue a cause of the runbook could be, by the words of its row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from drills.compose.kinds import Kind
from drills.compose.service import sole_variable
from drills.faults.container.container_crashed import ContainerCrashed
from drills.faults.container.container_frozen import ContainerFrozen
from drills.faults.container.memory_limit_too_low import MemoryLimitTooLow
from drills.faults.host.disk_full import DiskFull
from drills.faults.host.disk_pressure import DiskPressure
from drills.faults.network.port_conflict import PortConflict
from drills.faults.redis.redis_down import RedisDown
from drills.faults.redis.redis_memory_pressure import RedisMemoryPressure
from drills.faults.redis.redis_out_of_memory import RedisOutOfMemory
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.compose.derived import Derived
    from drills.compose.service import Service
    from drills.drill.scenario import Fault
    from drills.runbook.model import Cause

TOO_LITTLE = "24m"
"""A memory limit with which a container can be made, and no interpreter starts."""
PREFIX = "drills:"


class Effect(Enum):
    """How a fault shows itself to a command."""

    GONE = "gone"
    SILENT = "silent"
    DISK = "disk"
    FULL_STORE = "full store"
    PORT = "port"
    KILLED = "killed for its memory"


@dataclass(frozen=True)
class Guess:
    """A fault that a cause could be: its class, the arguments as they are written, and whom it strikes."""

    fault: type[Fault]
    arguments: tuple[str, ...]
    role: str
    service: Service
    effect: Effect
    why: str


_GONE = re.compile(
    r"\b(?:down|crash\w*|stopp?ed|stops|dead|dies|died|killed|exit(?:s|ed)?|not running|unavailable|unreachable|gone"
    r"|offline|outage|not started|fail(?:s|ed)? to start|terminated|not up)\b"
)
_SILENT = re.compile(
    r"\b(?:hang\w*|hung|fr[eo]ez\w*|frozen|stuck|unresponsive|not (?:respond|answer|working)\w*|deadlock\w*|stalled"
    r"|do(?:es)?n['o]t (?:respond|answer)|does not (?:respond|answer))\b"
)
_PORT = re.compile(r"\bport\b.*\b(?:conflict\w*|taken|in use|occupied|already)\b|\baddress already in use\b")
_DISK_FULL = re.compile(r"\bdisk\b.*\b(?:full|out of)\b|\b(?:no space|out of disk|disk space|full disk)\b")
_DISK = re.compile(r"\bdisk\b.*\b(?:pressure|usage|filling|almost|high)\b")
_MEMORY_FULL = re.compile(r"\b(?:out of memory|oom|maxmemory|memory (?:is )?full|full|memory limit)\b")
_MEMORY = re.compile(r"\bmemory\b")
_LIMIT = re.compile(r"\bmemory limit\b|\blimit too low\b|\boom.?kill\w*|\bout of memory\b")
_SUBJECTS = (
    ("cache", re.compile(r"\b(?:redis|valkey|cache)\b")),
    ("database", re.compile(r"\b(?:postgres\w*|database|db)\b")),
    ("object_store", re.compile(r"\b(?:minio|s3|object stor\w*)\b")),
    ("worker", re.compile(r"\b(?:workers?|consumers?|celery|sidekiq|rq)\b")),
    ("gateway", re.compile(r"\b(?:nginx|proxy|gateway|load balancer|ingress|traefik|caddy|haproxy)\b")),
    ("backend", re.compile(r"\b(?:app|application|api|server|service|container|process|site|web|instance)\b")),
)
_ACTS = re.compile(
    r"docker(?:-compose| compose)?\s+(?:restart|start|up)\s+(?:-\S+\s+)*(?P<service>[a-zA-Z][\w.-]*)"
    r"|docker\s+restart\s+(?P<container>[a-zA-Z][\w.-]*)"
)
_NEEDS_MORE = (
    (
        re.compile(r"\bidle (?:in )?transactions?\b|\block\w*\b"),
        "IdleTransaction needs a table and the clients that wait",
    ),
    (re.compile(r"\b(?:slow|long.running) quer\w*"), "LongRunningQuery needs a table and the clients that wait for it"),
    (
        re.compile(r"\b(?:deploy\w*|release)\b"),
        "BadDeployment needs the tag of a bad release and the line that deploys it",
    ),
    (
        re.compile(r"\b(?:config\w*|settings?|credentials?|secret)\b"),
        "ConfigurationError needs a setting and a bad value",
    ),
    (
        re.compile(r"\b(?:traffic|users|requests|load|spike|queue depth|jobs|overload\w*)\b"),
        "such a load needs requests",
    ),
    (
        re.compile(r"\b(?:pool|connections?)\b"),
        "sessions that hold connections need requests of your own that open them",
    ),
    (re.compile(r"\b(?:leak|memory pressure|memory growth)\b"), "a leak needs a release of your own that has one"),
)


def guess(cause: Cause, quantity: Quantity, told: Derived) -> Guess | str:
    """Return the fault that *cause* could be, or a sentence that says why none is guessed.

    *quantity* is what the incident's alert measures: one on utilization fires long before a disk or a store is full.
    """
    words = " ".join(cause.name.lower().split())
    if not cause.commands:
        return "its row has no command line, so there is nothing to type"
    subject = _subject(words, cause, told)
    special = _special(words, subject, told, pressed=quantity is Quantity.RESOURCE_UTILIZATION)
    if special is not None:
        return special
    more = next((f"{needs}, which only you can say" for mark, needs in _NEEDS_MORE if mark.search(words)), "")
    effect = Effect.SILENT if _SILENT.search(words) else Effect.GONE if _GONE.search(words) else None
    if effect is None:
        return more or "no word of its name tells a fault of the catalogue; write one of your own"
    if subject is None:
        return "neither its name nor its solution says which service of the project it strikes"
    return _struck(subject, effect, told)


def _struck(subject: tuple[str, str], effect: Effect, told: Derived) -> Guess | str:
    role, why = subject
    service = told.project.service(told.keys["roles"][role])
    why += f"; only the first of its {service.replicas} replicas" if service.replicas > 1 else ""
    if effect is Effect.GONE and role == "cache" and told.kinds[service.name].kind is Kind.REDIS and _asks_redis(told):
        return Guess(RedisDown, (), role, service, effect, why)
    nameless = _nameless(service, told)
    if nameless:
        return nameless
    fault: type[Fault] = ContainerCrashed if effect is Effect.GONE else ContainerFrozen
    return Guess(fault, (f'"{role}"',), role, service, effect, why)


def _nameless(service: Service, told: Derived) -> str:
    """Say why the faults of the catalogue do not find a container, empty where they do."""
    if service.name in told.keys["scalable"] or service.container_name == service.name:
        return ""
    return f"the container of {service.name} is called {service.container_name}, and faults look for the service's name"


def _special(words: str, subject: tuple[str, str] | None, told: Derived, *, pressed: bool) -> Guess | str | None:
    """Return the guess for a cause of the disk, of a port, of memory; None for another one."""
    role = subject[0] if subject else "gateway"
    if _PORT.search(words):
        return _taken_port(role if role in told.keys["ports"] else "gateway", told)
    if _DISK_FULL.search(words) or _DISK.search(words):
        fault: type[Fault] = DiskFull if _DISK_FULL.search(words) and not pressed else DiskPressure
        name = "database" if "database" in told.keys["roles"] else "gateway"
        return _on_disk(fault, name, told)
    if role == "cache" and _MEMORY.search(words + " memory" * bool(_MEMORY_FULL.search(words))):
        return _redis_memory(told, full=bool(_MEMORY_FULL.search(words)) and not pressed)
    if subject and _LIMIT.search(words):
        return _memory_limit(role, told)
    return None


def _taken_port(role: str, told: Derived) -> Guess | str:
    if role not in told.keys["ports"]:
        return "no service has a port that another program could take"
    service = told.project.service(told.keys["roles"][role])
    why = "its name speaks of a port that is taken"
    return _nameless(service, told) or Guess(PortConflict, (f'"{role}"',), role, service, Effect.PORT, why)


def _on_disk(fault: type[Fault], role: str, told: Derived) -> Guess | str:
    if role not in told.keys["roles"]:
        return "no service of the project has an image to fill the disk from"
    service = told.project.service(told.keys["roles"][role])
    why = f"its name speaks of the disk; the image of {service.name} has to have a shell, dd and fallocate"
    return _nameless(service, told) or Guess(fault, (f'"{role}"',), role, service, Effect.DISK, why)


def _redis_memory(told: Derived, *, full: bool) -> Guess | str:
    service = told.project.service(told.keys["roles"]["cache"])
    if not _asks_redis(told):
        return "Redis asks for a password or has no port, and the engine's client has none"
    if "maxmemory" not in service.command:
        return f"the command of {service.name} sets no maxmemory, so it is never full"
    fault: type[Fault] = RedisOutOfMemory if full else RedisMemoryPressure
    why = "its name speaks of the memory of Redis"
    return Guess(fault, (f'"{PREFIX}"',), "cache", service, Effect.FULL_STORE, why)


def _memory_limit(role: str, told: Derived) -> Guess | str:
    service = told.project.service(told.keys["roles"][role])
    limits = ((service.raw.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    name = sole_variable(limits.get("memory") or service.raw.get("mem_limit") or "")
    if name is None:
        return f"the memory limit of {service.name} is no setting of .env, which is where the fault changes it"
    why = "its name speaks of a memory limit"
    arguments = (f'"{role}"', f'"{name}"', f'"{TOO_LITTLE}"')
    return _nameless(service, told) or Guess(MemoryLimitTooLow, arguments, role, service, Effect.KILLED, why)


def _asks_redis(told: Derived) -> bool:
    service = told.service("cache")
    return service is not None and "cache" in told.keys["ports"] and not has_password(service)


def has_password(service: Service) -> bool:
    """Say whether a Redis asks its clients for a password."""
    return "requirepass" in service.command or any(
        name in service.environment for name in ("REDIS_PASSWORD", "REDISCLI_AUTH", "VALKEY_PASSWORD")
    )


def _subject(words: str, cause: Cause, told: Derived) -> tuple[str, str] | None:
    """Return the role that a cause strikes and why that is thought, None where nothing says it."""
    roles: dict[str, str] = told.keys["roles"]
    by_service: dict[str, str] = {}
    for role, service in roles.items():
        by_service.setdefault(service, role)
    for service in sorted(by_service, key=len, reverse=True):
        if re.search(rf"(?<![\w-]){re.escape(service.lower())}(?![\w-])", words):
            return by_service[service], f"its name says {service}"
    for role, mark in _SUBJECTS:
        found = mark.search(words)
        played = role if role in roles else "gateway" if role == "backend" else None
        if found and played in roles and (role != "backend" or not _acted_on(cause, by_service, told)):
            return played, f"its name says {found[0]!r}"
    acted = _acted_on(cause, by_service, told)
    return (by_service[acted], f"its solution acts on {acted}") if acted else None


def _acted_on(cause: Cause, by_service: dict[str, str], told: Derived) -> str | None:
    """Return the service that the solution starts or restarts, None where it is none or more than one."""
    named = {each.container_name: each.name for each in told.project.services if each.container_name}
    found = {
        found["service"] or found["container"] for command in cause.commands for found in _ACTS.finditer(command.text)
    }
    services = {named.get(name, name) for name in found} & by_service.keys()
    return services.pop() if len(services) == 1 else None
