"""Check the containers of the system, as their engine reports them; users do not wait for the engine's answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, body, brief, check, client, expect
from drills.common.limited_http import LimitedClient
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext, Target

OK: Final = 200
GONE: Final = 404
NEEDS: Final = ("engine_url", "project")
PROJECT: Final = "com.docker.compose.project"
ONE_OFF: Final = "com.docker.compose.oneoff"
"""Labels that Compose puts on a container: its project, and whether `docker compose run` started it."""


@check(
    "containers running",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="every container of the project {project} to be running",
    next_step="read the log of the container, then `docker compose -p {project} up -d`",
    level=2,
    incident=Quantity.HEALTH,
    pace=Pace.ANY,
)
def containers_running(context: CheckContext) -> str:
    """Look for containers that ended or restart; a container with a single task may have ended with exit code 0."""
    with engine(context.target) as api:
        containers = containers_of(api, context.target)
        down = {
            _name(container): _fault(inspected(api, container))
            for container in containers
            if container.get("State") != "running"
        }
    bad = [f"{name} {fault}" for name, fault in sorted(down.items()) if fault is not None]
    if len(down) == len(containers) and not bad:
        raise CheckFailed(f"none of {len(containers)} is running")
    if bad:
        raise CheckFailed(f"{len(bad)} of {len(containers)} not running: {', '.join(bad)}")
    return f"{len(containers) - len(down)} running"


@check(
    "containers healthy",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="no container of the project to fail its own health check",
    next_step="read the last health checks in `docker inspect`",
    level=3,
    incident=Quantity.HEALTH,
    after=(containers_running,),
    pace=Pace.ANY,
)
def containers_healthy(context: CheckContext) -> str:
    """Read the containers' own health checks; a container that has just started has no result yet."""
    with engine(context.target) as api:
        unhealthy = containers_of(api, context.target, health="unhealthy")
        healthy = containers_of(api, context.target, health="healthy")
    if unhealthy:
        raise CheckFailed(f"{len(unhealthy)} unhealthy: {', '.join(sorted(map(_name, unhealthy)))}")
    if not healthy:
        raise CheckFailed("none is known to be healthy")
    return f"{len(healthy)} healthy, none unhealthy"


@check(
    "containers memory",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="no container of the project to have run out of memory",
    next_step="compare the memory of the container with its limit; raise the limit, or find the process that grew",
    level=3,
    incident=Quantity.RESOURCE_UTILIZATION,
    after=(containers_running,),
    pace=Pace.ANY,
)
def containers_memory(context: CheckContext) -> str:
    """Look for containers in which the kernel had to end a process since they were started."""
    with engine(context.target) as api:
        containers = containers_of(api, context.target)
        killed = [
            _name(container)
            for container in containers
            if (inspected(api, container).get("State") or {}).get("OOMKilled")
        ]
    if killed:
        raise CheckFailed(f"out of memory: {', '.join(sorted(killed))}")
    return f"none of {len(containers)} was out of memory"


def engine(target: Target) -> httpx.Client:
    """Return a client of the target's engine, which serves requests without a version with its newest.

    It uses one connection for all requests: Docker's own library opens one for each, and the engine may be remote.
    """
    address = urlsplit(target.engine_url or "")
    if address.scheme == "unix":
        transport = httpx.HTTPTransport(uds=address.path)
        return LimitedClient(target.timeout_s, base_url="http://engine", transport=transport)
    if address.scheme not in ("tcp", "http", "https"):
        raise Skipped(f"an engine is reached at unix:///path or tcp://host:port, not by {address.scheme!r}")
    scheme = "http" if address.scheme == "tcp" else address.scheme
    return client(target, f"{scheme}://{address.netloc}")


def containers_of(api: httpx.Client, target: Target, **only: str) -> list[dict[str, Any]]:
    """List the project's containers, those that ended as well; raises CheckFailed when there is none at all."""
    filters = {"label": [f"{PROJECT}={target.project}"], **{name: [value] for name, value in only.items()}}
    answer = expect(api.get("/containers/json", params={"all": "1", "filters": json.dumps(filters)}), OK)
    try:
        listed = answer.json()
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(
        isinstance(container, dict) and container.get("Id") for container in listed
    ):
        raise CheckFailed(f"200 with no list of containers: {brief(answer)}")
    containers = [container for container in listed if (container.get("Labels") or {}).get(ONE_OFF) != "True"]
    if not containers and not only:
        raise CheckFailed(f"no container of the project {target.project}")
    return containers


def inspected(api: httpx.Client, container: dict[str, Any]) -> dict[str, Any]:
    """Return what `docker inspect` says of a container, an empty dictionary when it is gone meanwhile."""
    answer = expect(api.get(f"/containers/{container['Id']}/json"), OK, GONE)
    return {} if answer.status_code == GONE else body(answer)


def _fault(about: dict[str, Any]) -> str | None:
    """Say in which state a container is that should be running; None when it is gone, or its work is done."""
    state = about.get("State") or {}
    if not state or (state.get("Status") == "exited" and state.get("ExitCode") == 0 and _ends_by_itself(about)):
        return None
    return f"{state.get('Status')} ({state.get('ExitCode')})"


def _ends_by_itself(about: dict[str, Any]) -> bool:
    """Whether a container has one task: it is not started again, has no health check and publishes no port."""
    host, config = about.get("HostConfig") or {}, about.get("Config") or {}
    policy = (host.get("RestartPolicy") or {}).get("Name")
    return policy in ("", "no", "on-failure", None) and not config.get("Healthcheck") and not host.get("PortBindings")


def _name(container: dict[str, Any]) -> str:
    return str((container.get("Names") or ["?"])[0]).lstrip("/")
