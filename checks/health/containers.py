"""The containers of the system, as their engine sees them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import requests
from docker import DockerClient
from docker.errors import DockerException, NotFound

from checks.probe import Room, probe
from checks.reading import Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import APIClient

    from checks.target import Target
    from checks.visit import Visit

NEEDS: Final = ("engine_url", "project")
PROJECT: Final = "com.docker.compose.project"
ONE_OFF: Final = "com.docker.compose.oneoff"
"""What Compose writes on a container: its project, and whether `docker compose run` started it."""


@probe(
    "containers running",
    room=Room.HEALTH,
    needs=NEEDS,
    expected="every container of the project to be running",
    next_step="read the log of the container, then `docker compose up -d`",
    level=2,
    incident=6,
)
def containers_running(visit: Visit) -> str:
    """Look for containers that ended or start again and again; one whose work is done may have ended well."""
    with engine(visit.target) as api:
        found = _containers(api, visit.target)
        down = {_name(one): _fault(_inspected(api, one)) for one in found if one.get("State") != "running"}
    bad = [f"{name} {fault}" for name, fault in sorted(down.items()) if fault is not None]
    if len(down) == len(found) and not bad:
        raise Unexpected(f"none of {len(found)} is running")
    if bad:
        raise Unexpected(f"{len(bad)} of {len(found)} not running: {', '.join(bad)}")
    return f"{len(found) - len(down)} running"


@probe(
    "containers healthy",
    room=Room.HEALTH,
    needs=NEEDS,
    expected="no container of the project to fail its own health check",
    next_step="read the last health checks in `docker inspect`",
    level=3,
    incident=6,
    after=(containers_running,),
)
def containers_healthy(visit: Visit) -> str:
    """Look at the health checks that the containers bring along; one that has just started is still unknown."""
    with engine(visit.target) as api:
        found = _containers(api, visit.target)
        unhealthy = _containers(api, visit.target, health="unhealthy")
        healthy = _containers(api, visit.target, health="healthy")
    if unhealthy:
        raise Unexpected(f"{len(unhealthy)} of {len(found)} unhealthy: {', '.join(sorted(map(_name, unhealthy)))}")
    if not healthy:
        raise Unexpected(f"none of {len(found)} is known to be healthy")
    return f"{len(healthy)} of {len(found)} healthy, none unhealthy"


@probe(
    "containers memory",
    room=Room.HEALTH,
    needs=NEEDS,
    expected="no container of the project to have run out of memory",
    next_step="look at the memory of the container in Prometheus; raise its limit, or find what grew",
    level=3,
    incident=3,
    after=(containers_running,),
)
def containers_memory(visit: Visit) -> str:
    """Look for containers in which the kernel had to end a process since they were started."""
    with engine(visit.target) as api:
        found = _containers(api, visit.target)
        killed = [_name(one) for one in found if (_inspected(api, one).get("State") or {}).get("OOMKilled")]
    if killed:
        raise Unexpected(f"out of memory: {', '.join(sorted(killed))}")
    return f"none of {len(found)} was out of memory"


@contextmanager
def engine(target: Target) -> Iterator[APIClient]:
    """Yield the target's Docker engine; what goes wrong in the block is raised as a measurement."""
    try:
        client = DockerClient(base_url=target.engine_url, timeout=max(1, round(target.timeout_s)))
        try:
            yield client.api
        finally:
            client.close()
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # the library and we read what an engine says
        raise Unexpected(f"an answer that no engine gives: {type(error).__name__} {error}") from error
    except (DockerException, requests.RequestException) as error:
        raise _measured(error, target) from error


def _measured(error: Exception, target: Target) -> Exception:
    """Return what *error* says of the engine; the first request's own is wrapped once more by the library."""
    cause = error if isinstance(error, requests.RequestException) else error.__cause__
    if isinstance(cause, requests.Timeout):
        return Unexpected(f"no answer within {target.timeout_s:g} s")
    text = " ".join(str(cause or error).split())
    return ConnectionError(text) if isinstance(cause, requests.ConnectionError) else Unexpected(text)


def _containers(api: APIClient, target: Target, **only: str) -> list[dict[str, Any]]:
    """List the project's containers, those that ended as well; raises Unexpected when there is none at all."""
    listed = api.containers(all=True, filters={"label": f"{PROJECT}={target.project}", **only})
    found = [one for one in listed if (one.get("Labels") or {}).get(ONE_OFF) != "True"]
    if not found and not only:
        raise Unexpected(f"no container of the project {target.project}")
    return found


def _inspected(api: APIClient, one: dict[str, Any]) -> dict[str, Any]:
    """Return all that the engine knows of a container, nothing when it has gone meanwhile."""
    try:
        return dict(api.inspect_container(one["Id"]))
    except NotFound:
        return {}


def _fault(about: dict[str, Any]) -> str | None:
    """Say in which state a container is that should be running; None when it is gone, or its work is done."""
    state = about.get("State") or {}
    if not state or (state.get("Status") == "exited" and state.get("ExitCode") == 0 and _ends_by_itself(about)):
        return None
    return f"{state.get('Status')} ({state.get('ExitCode')})"


def _ends_by_itself(about: dict[str, Any]) -> bool:
    """Whether a container has one task: nobody starts it again, asks for its health, or connects to it."""
    host, config = about.get("HostConfig") or {}, about.get("Config") or {}
    policy = (host.get("RestartPolicy") or {}).get("Name")
    return policy in ("", "no", "on-failure", None) and not config.get("Healthcheck") and not host.get("PortBindings")


def _name(one: dict[str, Any]) -> str:
    return str((one.get("Names") or ["?"])[0]).lstrip("/")
