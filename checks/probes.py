"""The probes: each reads one promise of the system's contract, content included, for checks and drills alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from checks.journey import journey
from checks.reading import Probe, Reading, Unexpected, probe
from checks.sign_in import whoami
from checks.web import body, brief, get

if TYPE_CHECKING:
    from checks.target import Target

DEPENDENCIES = ("database", "redis", "minio")


@probe(
    "front page",
    needs="front_url",
    expected="200 with an HTML page",
    next_step="read the gateway's log",
)
def front_page(target: Target) -> str:
    """Look at the page students open first."""
    answer = get(target, target.front_url, "/")
    if "<html" not in answer.text.lower():
        raise Unexpected(f"200 without a page: {brief(answer)}")
    return "200 with a page"


@probe(
    "gateway health",
    needs="front_url",
    expected="200 with status ok and every dependency up",
    next_step="read the gateway's log, then the backend's own health",
)
def gateway_health(target: Target) -> str:
    """Look at the backend's health through the front door."""
    return _health(target, target.front_url)


@probe(
    "backend health",
    needs="backend_url",
    expected="200 with status ok and every dependency up",
    next_step="read the backend's log",
)
def backend_health(target: Target) -> str:
    """Look at the backend's health directly."""
    return _health(target, target.backend_url)


@probe(
    "worker health",
    needs="worker_url",
    expected="200 with status healthy",
    next_step="read the pdf-worker's log",
)
def worker_health(target: Target) -> str:
    """Look at a worker's health."""
    found = body(get(target, target.worker_url, "/health"))
    if found.get("status") != "healthy":
        raise Unexpected(f"200 with status {found.get('status')!r}")
    return "200 with status healthy"


@probe(
    "queue metrics",
    needs="front_url",
    expected="200 with whole numbers and total = waiting + active + delayed",
    next_step="compare with the keys of the queue in Redis",
)
def queue_metrics(target: Target) -> str:
    """Look at the numbers of the queue."""
    found = body(get(target, target.front_url, "/api/jobs/metrics"))
    keys = ("waiting", "active", "completed", "failed", "delayed", "total")
    odd = [key for key in keys if type(found.get(key)) is not int or found[key] < 0]
    if odd:
        raise Unexpected(f"no count of {', '.join(odd)} in {found}")
    if found["total"] != found["waiting"] + found["active"] + found["delayed"]:
        raise Unexpected(f"a total that is not the sum: {found}")
    return f"waiting {found['waiting']}, active {found['active']}, delayed {found['delayed']}"


@probe(
    "postgres",
    needs="postgres_dsn",
    expected="an answer to SELECT 1 and a table jobs",
    next_step="read the log of Postgres",
)
def postgres(target: Target) -> str:
    """Ask Postgres something only a working server with the application's schema answers."""
    assert target.postgres_dsn
    seconds = max(2, round(target.timeout_s))  # libpq rounds 1 up to 2 by itself
    limit_ms = round(target.timeout_s * 1000)
    options = f"-c statement_timeout={limit_ms}"
    with psycopg.connect(target.postgres_dsn, connect_timeout=seconds, options=options) as connection:
        row = connection.execute("SELECT 1, to_regclass('jobs') IS NOT NULL").fetchone()
    if row != (1, True):
        raise Unexpected(f"{row}: no table jobs" if row and row[0] == 1 else f"SELECT 1 -> {row}")
    return "SELECT 1 -> 1, table jobs is there"


@probe(
    "redis",
    needs="redis_url",
    expected="PONG and maxmemory-policy noeviction",
    next_step="read the memory section of Redis' INFO",
)
def redis_store(target: Target) -> str:
    """Ask Redis whether it answers, and whether it may throw away jobs when its memory is full."""
    with connect_redis(target) as store:
        if not store.ping():
            raise Unexpected("PING without PONG")
        policy = dict(store.config_get("maxmemory-policy")).get("maxmemory-policy")
    if policy != "noeviction":
        raise Unexpected(f"maxmemory-policy {policy}, which evicts queued jobs")
    return "PONG, noeviction"


@probe(
    "object store",
    needs="store_url",
    expected="200 from /minio/health/live",
    next_step="read the object store's log and its disk",
)
def object_store(target: Target) -> str:
    """Look at the object store's own health."""
    answer = get(target, target.store_url, "/minio/health/live")
    if "<html" in answer.text.lower():
        raise Unexpected(f"200 from something that is no object store: {brief(answer)}")
    return "200"


@probe(
    "prometheus targets",
    needs="prometheus_url",
    expected="at least one target, and all of them up",
    next_step="open /targets on Prometheus and read the error of those that are down",
)
def prometheus_targets(target: Target) -> str:
    """Look at what Prometheus scrapes; a Prometheus that scrapes nothing sees nothing."""
    found = body(get(target, target.prometheus_url, "/api/v1/targets?state=active"))
    data = found.get("data")
    active = data.get("activeTargets") if isinstance(data, dict) else None
    if not isinstance(active, list) or not active:
        raise Unexpected("no target at all")
    down = [_instance(one) for one in active if one.get("health") != "up"]
    if down:
        raise Unexpected(f"{len(down)} of {len(active)} not up: {', '.join(sorted(down))}")
    return f"{len(active)} up"


@probe(
    "alertmanager",
    needs="alertmanager_url",
    expected="200 from /-/ready",
    next_step="read the Alertmanager's log",
)
def alertmanager(target: Target) -> str:
    """Look whether alerts have somebody who passes them on."""
    get(target, target.alertmanager_url, "/-/ready")
    return "200"


SMOKE: tuple[Probe, ...] = (
    front_page,
    gateway_health,
    backend_health,
    worker_health,
    queue_metrics,
    postgres,
    redis_store,
    object_store,
    prometheus_targets,
    alertmanager,
    whoami,
)
WRITING: tuple[Probe, ...] = (journey,)


def smoke(target: Target, *, writes: bool = True) -> list[Reading]:
    """Run every probe once; `writes` False leaves out the one that uploads. What has no address is not ok but None."""
    return [one(target) for one in (*SMOKE, *(WRITING if writes else ()))]


def connect_redis(target: Target) -> redis.Redis:
    """Return a client of the target's Redis that gives up after `target.timeout_s` and does not try again."""
    assert target.redis_url
    return redis.Redis.from_url(
        target.redis_url,
        socket_timeout=target.timeout_s,
        socket_connect_timeout=target.timeout_s,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def _health(target: Target, url: str | None) -> str:
    found = body(get(target, url, "/health"))
    info = found.get("info")
    states = info if isinstance(info, dict) else {}
    down = [name for name in DEPENDENCIES if _status(states.get(name)) != "up"]
    if found.get("status") != "ok" or down:
        raise Unexpected(f"status {found.get('status')!r}, not up: {', '.join(down) or 'none'}")
    return "200 with status ok"


def _status(entry: Any) -> Any:
    return entry.get("status") if isinstance(entry, dict) else None


def _instance(one: dict[str, Any]) -> str:
    labels = one.get("labels", {})
    return f"{labels.get('job')}/{labels.get('instance')} ({one.get('lastError') or one.get('health')})"
