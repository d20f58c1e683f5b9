"""Health as the services themselves report it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.target import target_of, to_the_letter
from drills.checks import CheckFailed, CheckSuite, body, check, client, expect, get
from drills.checks.health.object_store import object_store
from drills.checks.health.postgres import postgres
from drills.checks.health.redis import redis_store
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

DEPENDENCIES = ("database", "redis", "minio")
CULPRITS = {postgres.name: "database", redis_store.name: "redis", object_store.name: "minio"}
"""How the health names a store that nothing answers at."""
UNAVAILABLE = 503
WELL = ("ok", "healthy", "up", "pass", "ready", "alive")
SPOKEN_OF = {"database": ("database", "postgres", "sql"), "redis": ("redis", "cache"), "minio": ("minio", "s3", "stor")}
"""By which words another system than the reference may name a store."""


@check(
    "gateway health",
    suite=CheckSuite.HEALTH,
    clauses=("HE-01",),
    needs="front_url",
    expected="200 with status ok and every dependency up, or 503 that names the store that is down",
    next_step="read the gateway's log, then the backend's own health",
    level=1,
    incident=Quantity.HEALTH,
    essential=True,
    despite=(postgres, redis_store, object_store),
)
def gateway_health(context: CheckContext) -> str:
    """Read the backend's health through the gateway."""
    return _health(context, context.target.front_url)


@check(
    "backend health",
    suite=CheckSuite.HEALTH,
    clauses=("HE-01",),
    needs="backend_url",
    expected="200 with status ok and every dependency up, or 503 that names the store that is down",
    next_step="read the backend's log",
    level=1,
    incident=Quantity.HEALTH,
    essential=True,
    despite=(postgres, redis_store, object_store),
)
def backend_health(context: CheckContext) -> str:
    """Read the backend's health directly."""
    return _health(context, target_of(context).backend_url)


@check(
    "worker health",
    suite=CheckSuite.HEALTH,
    clauses=("HE-04",),
    needs="worker_url",
    expected="200 with status healthy",
    next_step="read the pdf-worker's log",
    level=2,
    incident=Quantity.HEALTH,
    essential=True,
)
def worker_health(context: CheckContext) -> str:
    """Read a worker's health."""
    found = body(get(context.target, target_of(context).worker_url, "/health"))
    if found.get("status") != "healthy" and (to_the_letter(context) or _unwell(found)):
        raise CheckFailed(f"200 with status {found.get('status')!r}")
    return f"200 with status {found.get('status')}"


def _health(context: CheckContext, url: str | None) -> str:
    """Read the health; while a store is down it has to say so, and name that store."""
    culprits = {CULPRITS[name] for name in context.down}
    if culprits:
        return _names(context, url, culprits)
    found = body(get(context.target, url, "/health"))
    if not to_the_letter(context):
        return _well(found)
    info = found.get("info")
    states = info if isinstance(info, dict) else {}
    down = [name for name in DEPENDENCIES if _status(states.get(name)) != "up"]
    if found.get("status") != "ok" or down:
        raise CheckFailed(f"status {found.get('status')!r}, not up: {', '.join(down) or 'none'}")
    return "200 with status ok"


def _well(found: dict[str, Any]) -> str:
    """Return what a health in other words says; raises CheckFailed where any part of it is not well."""
    bad = _unwell(found)
    if bad:
        raise CheckFailed(f"200, but not well: {', '.join(bad)}")
    return f"200 with status {found.get('status')}"


def _unwell(found: dict[str, Any], at: str = "status") -> list[str]:
    """Name what says of itself, at whatever depth, that it is not well."""
    own = found.get("status", WELL[0])
    bad = [f"{at} {own!r}"] if isinstance(own, str) and own.lower() not in WELL else []
    parts = [_unwell(part, name) for name, part in found.items() if isinstance(part, dict)]
    return [*bad, *(name for names in parts for name in names)]


def _names(context: CheckContext, url: str | None, culprits: set[str]) -> str:
    with client(context.target, url) as http:
        found = body(expect(http.get("/health"), UNAVAILABLE))
    error = found.get("error")
    if to_the_letter(context):
        missing = culprits - set(error if isinstance(error, dict) else ())
    else:
        said = " ".join((*_unwell(found), str(error), str(found.get("message")))).lower()
        missing = {name for name in culprits if not any(word in said for word in SPOKEN_OF[name])}
    if missing:
        raise CheckFailed(f"503 that does not name {', '.join(sorted(missing))}, which is down")
    return f"503, names {', '.join(sorted(culprits))}"


def _status(entry: Any) -> Any:
    return entry.get("status") if isinstance(entry, dict) else None
