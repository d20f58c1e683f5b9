"""The text of `targets.toml`: where the running project answers on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.faults import has_password
from drills.adopt.texts import listed, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.compose.derived import Derived

HOST = "127.0.0.1"
HTTP = {
    "front_url": "gateway",
    "store_url": "object_store",
    "prometheus_url": "metrics",
    "alertmanager_url": "alerts",
    "grafana_url": "dashboards",
}
NO_PART = {
    "store_url": "object_store",
    "prometheus_url": "metrics",
    "alertmanager_url": "alerts",
    "grafana_url": "dashboards",
    "postgres_dsn": "database",
    "redis_url": "cache",
}
"""Keys of parts, and the role without which the project has no such part."""


def text(told: Derived, runbook: str | None) -> str:
    """Return the file; *told* is of the project as it runs on this machine, without what a sandbox adds."""
    return "\n".join(_lines(told, runbook)) + "\n"


def _lines(told: Derived, runbook: str | None) -> Iterator[str]:
    ports = _published(told)
    yield "# Where this system answers: `pytest checks --target local`. ${NAME} is filled in from the environment, so"
    yield "# that no password stands here. Parts that the project does not publish are left out, and the run says so."
    yield "[local]"
    for key, role in HTTP.items():
        if role in ports:
            yield f"{key} = {literal(f'http://{HOST}:{ports[role]}')}"
    if "front_url" not in {key for key, role in HTTP.items() if role in ports}:
        yield f'front_url = "http://{HOST}"  # Asked: the project publishes no port of its front door; say where it is'
    yield from _stores(told, ports)
    if runbook:
        yield f"runbook = {literal(runbook)}"
    yield 'engine_url = "unix:///var/run/docker.sock"  # Guessed: the engine that runs the containers'
    yield f"project = {literal(told.project.name)}"
    missing = [key for key, role in NO_PART.items() if role not in told.keys["roles"]]
    if missing:
        yield f"without = {listed(missing)}  # the project has no service for these"


def _published(told: Derived) -> dict[str, int]:
    """Return the port of each role on this machine: one that is bound to 127.0.0.1 is as good here."""
    ports = dict(told.keys["ports"])
    for role in told.keys["roles"]:
        service = told.service(role)
        first = next((port.published for port in service.ports if port.published), None) if service else None
        if role not in ports and first:
            ports[role] = first
    return ports


def _stores(told: Derived, ports: dict[str, int]) -> Iterator[str]:
    database, objects, cache = told.keys.get("database"), told.keys.get("objects"), told.service("cache")
    if database and "database" in ports:
        who = f"{database['user']}:${{{database['password']}}}"
        address = f"postgresql://{who}@{HOST}:{ports['database']}/{database['name']}"
        yield f"postgres_dsn = {literal(address)}"
    if cache and "cache" in ports:
        who = ":${REDIS_PASSWORD}@" if has_password(cache) else ""
        address = f"redis://{who}{HOST}:{ports['cache']}/0"
        yield f"redis_url = {literal(address)}"
    if objects and "object_store" in ports:
        yield f"s3_bucket = {literal(objects['bucket'])}"
        yield f"s3_access_key = {literal('${' + objects['access_key'] + '}')}"
        yield f"s3_secret_key = {literal('${' + objects['secret_key'] + '}')}"
