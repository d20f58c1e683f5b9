"""The containers of the reference stack as its Compose file describes them. In a sandbox only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, check
from drills.checks.health.containers import containers_of, containers_running, engine, inspected
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

COMPOSE: Final = Path(__file__).parents[2] / "stack" / "compose.yaml"
SERVICE: Final = "com.docker.compose.service"
SECOND_NS: Final = 10**9
SECONDS: Final = re.compile(r"(\d+)s")


@check(
    "containers as composed",
    suite=CheckSuite.HEALTH,
    needs=("sandbox", "engine_url", "project"),
    expected="the restart policy and the health check that the Compose file gives each container",
    next_step="compare `docker inspect` of the container with the Compose file, and create it anew",
    level=3,
    incident=Quantity.HEALTH,
    after=(containers_running,),
    pace=Pace.ANY,
    clauses=("OP-04",),
)
def as_composed(context: CheckContext) -> str:
    """Compare what the engine would do with each container: one that is not started again stays down for good."""
    composed = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    if composed["name"] != context.target.project:
        raise Skipped(f"the project is {context.target.project}, not the one of {COMPOSE.name}")
    with engine(context.target) as api:
        found = {one["Names"][0].lstrip("/"): inspected(api, one) for one in containers_of(api, context.target)}
    odd = {name: text for name, about in found.items() if about and (text := _odd(about, composed["services"]))}
    if odd:
        raise CheckFailed("; ".join(f"{name} with {text}" for name, text in sorted(odd.items())))
    return f"{len(found)} containers"


def _odd(about: dict[str, Any], services: dict[str, Any]) -> str:
    """Say what a container has that its service has not; an empty text where they agree, or there is none."""
    service = services.get(about["Config"]["Labels"].get(SERVICE))
    if service is None:
        return ""
    policy, health = about["HostConfig"]["RestartPolicy"]["Name"], about["Config"].get("Healthcheck") or {}
    if policy != service["restart"]:
        return f"restart policy {policy!r} instead of {service['restart']!r}"
    seen = {name: health.get(name) for name in ("Test", "Retries", "Interval", "Timeout")}
    return "" if seen == _health(service["healthcheck"]) else f"the health check {seen}"


def _health(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return a health check of the Compose file as the engine tells it."""
    times = {name: int(SECONDS.fullmatch(wanted[name.lower()])[1]) * SECOND_NS for name in ("Interval", "Timeout")}  # type: ignore[index]
    return {"Test": wanted["test"], "Retries": wanted["retries"], **times}
