"""Health as the services tell it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.checks.clients import body, get
from drills.checks.definition import Room, probe
from drills.checks.result import Unexpected

if TYPE_CHECKING:
    from drills.checks.context import Visit

DEPENDENCIES = ("database", "redis", "minio")


@probe(
    "gateway health",
    room=Room.HEALTH,
    needs="front_url",
    expected="200 with status ok and every dependency up",
    next_step="read the gateway's log, then the backend's own health",
    level=1,
    incident=6,
    essential=True,
)
def gateway_health(visit: Visit) -> str:
    """Look at the backend's health through the front door."""
    return _health(visit, visit.target.front_url)


@probe(
    "backend health",
    room=Room.HEALTH,
    needs="backend_url",
    expected="200 with status ok and every dependency up",
    next_step="read the backend's log",
    level=1,
    incident=6,
    essential=True,
)
def backend_health(visit: Visit) -> str:
    """Look at the backend's health directly."""
    return _health(visit, visit.target.backend_url)


@probe(
    "worker health",
    room=Room.HEALTH,
    needs="worker_url",
    expected="200 with status healthy",
    next_step="read the pdf-worker's log",
    level=2,
    incident=6,
    essential=True,
)
def worker_health(visit: Visit) -> str:
    """Look at a worker's health."""
    found = body(get(visit.target, visit.target.worker_url, "/health"))
    if found.get("status") != "healthy":
        raise Unexpected(f"200 with status {found.get('status')!r}")
    return "200 with status healthy"


def _health(visit: Visit, url: str | None) -> str:
    found = body(get(visit.target, url, "/health"))
    info = found.get("info")
    states = info if isinstance(info, dict) else {}
    down = [name for name in DEPENDENCIES if _status(states.get(name)) != "up"]
    if found.get("status") != "ok" or down:
        raise Unexpected(f"status {found.get('status')!r}, not up: {', '.join(down) or 'none'}")
    return "200 with status ok"


def _status(entry: Any) -> Any:
    return entry.get("status") if isinstance(entry, dict) else None
