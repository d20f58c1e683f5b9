"""Channels past Prometheus and its exporters: the same quantity, read by this process itself.

A quantity may have several, the narrowest first. What is made of requests (error rate, response time, authentication)
has none: there the clients' own counts say what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import psycopg
import redis

from drills.runbook.model import Quantity
from drills.sandbox.errors import SandboxError
from drills.sandbox.sandbox import ENGINE_DIR

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.system import System
    from drills.sandbox.descriptor import Descriptor

TIMEOUT_S = 5.0
REFUSAL = 400
UNREADABLE = (httpx.HTTPError, psycopg.Error, redis.RedisError, SandboxError, OSError, ValueError)
WAITING_LISTS = ("wait", "paused")
WAITING_SETS = ("prioritized",)
SESSIONS = """SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
 AND (state = ANY(%s) OR (state = 'idle' AND clock_timestamp() - state_change <= make_interval(secs => %s)))
 GROUP BY client_addr, application_name) AS clients"""
AT_WORK = ["active", "idle in transaction", "idle in transaction (aborted)"]
USED_S = 0.3
"""A session that a request holds is asked something again and again; one that lies in the pool rests for longer.

Measured on a pool of 50 whose users look each quarter of a second: 50 at each of 14 readings with 75 users, 36 to 46
with 33 users, while all 50 sessions stay open.
"""
EVER_S = 1e9
CONTAINERS = "docker stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemPerc}}'"
LIMITS = "docker inspect -f '{{slice .Name 1}} {{.HostConfig.NanoCpus}}' $(docker ps -q)"
CORES = "docker info -f '{{.NCPU}}'"
DISK = f"df --output=used,size {ENGINE_DIR} | tail -n 1"
NANO = 1e9

Values = dict[str, float | None]


@dataclass(frozen=True)
class Reader:
    """Reads the values of *channels*, in their order, of a stack that *has* what is read."""

    channels: tuple[str, ...]
    read: Callable[[System], tuple[float, ...]]
    has: Callable[[Descriptor], bool] = lambda _: True


def read_channels(system: System, quantity: Quantity) -> Values:
    """Return the value of *quantity*, in base units, by channel; None where it cannot be read."""
    values: Values = {}
    for reader in READERS.get(quantity, ()):
        if reader.has(system.stack.descriptor):
            values |= _values(reader, system)
    return values


def _values(reader: Reader, system: System) -> Values:
    try:
        return dict(zip(reader.channels, reader.read(system), strict=True))
    except UNREADABLE:
        return dict.fromkeys(reader.channels)


def _waiting_jobs(system: System) -> tuple[float, ...]:
    """Count the jobs that no worker has taken, those of a paused queue included: they wait as well."""
    queue = f"bull:{system.stack.descriptor.queue}"
    with system.redis() as client:
        listed = [int(client.llen(f"{queue}:{name}")) for name in WAITING_LISTS]
        prioritised = [int(client.zcard(f"{queue}:{name}")) for name in WAITING_SETS]
    return (float(sum(listed + prioritised)),)


def _sessions(system: System) -> tuple[float, ...]:
    """Count the sessions of the client that has most: at work, used just now as well, and all: a leaked one rests."""
    return tuple(float(system.count_rows(SESSIONS, AT_WORK, rested_s)) for rested_s in (0.0, USED_S, EVER_S))


def _disk(system: System) -> tuple[float, ...]:
    used, size = system.stack.sandbox.check_output(DISK).split()
    return (float(used) / float(size),)


def _redis_memory(system: System) -> tuple[float, ...]:
    with system.redis() as client:
        memory = client.info("memory")
    return (float(memory["used_memory"]) / float(memory["maxmemory"]) if memory["maxmemory"] else 0.0,)


def _containers(system: System) -> tuple[float, ...]:
    """Return the largest share of a container's memory and of its CPU, each of the container's own limit."""
    check_output = system.stack.sandbox.check_output
    cores = float(check_output(CORES))
    limits = {name: float(nano) / NANO for name, nano in map(str.split, check_output(LIMITS).splitlines())}
    shares = [_share(line, limits, cores) for line in check_output(CONTAINERS).splitlines() if line.endswith("%")]
    return max(memory for memory, _ in shares), max(cpu for _, cpu in shares)


def _share(line: str, limits: dict[str, float], cores: float) -> tuple[float, float]:
    name, cpu, memory = line.split()
    return _percent(memory), _percent(cpu) / (limits.get(name) or cores)


def _percent(text: str) -> float:
    return float(text.removesuffix("%")) / 100


def _answers(system: System) -> tuple[float, ...]:
    return (float(all(_answer(system, role, path) for role, path in system.stack.descriptor.health.items())),)


def _answer(system: System, role: str, path: str) -> bool:
    """Tell whether a service answers; no answer is a measurement, too."""
    try:
        return httpx.get(f"{system.stack.url(role)}{path}", timeout=TIMEOUT_S).status_code < REFUSAL
    except httpx.HTTPError:
        return False


READERS = {
    Quantity.QUEUE_DEPTH: (
        Reader(
            ("waiting jobs in Redis",),
            _waiting_jobs,
            lambda descriptor: descriptor.queue_table is not None and "cache" in descriptor.ports,
        ),
    ),
    Quantity.CONNECTION_POOL: (
        Reader(
            (
                "pg_stat_activity: sessions of one client at work",
                "pg_stat_activity: sessions of one client in use",
                "pg_stat_activity: sessions of one client",
            ),
            _sessions,
            lambda descriptor: descriptor.database_table is not None and "database" in descriptor.ports,
        ),
    ),
    Quantity.RESOURCE_UTILIZATION: (
        Reader(("df of the engine's disk",), _disk),
        Reader(("INFO memory of Redis",), _redis_memory, lambda descriptor: "cache" in descriptor.ports),
        Reader(("docker stats: memory", "docker stats: CPU"), _containers),
    ),
    Quantity.HEALTH: (Reader(("GET of the services' health",), _answers),),
}
