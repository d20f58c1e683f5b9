import json
from pathlib import Path
from socketserver import BaseRequestHandler, UnixStreamServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from drills import runbook
from drills.checks.context import Visit
from drills.checks.definition import Probe
from drills.checks.health.containers import containers_healthy, containers_memory, containers_running
from drills.checks.result import Outcome, Reading
from drills.checks.target import Target
from tests.checks.test_probes import closed_port, silent_port
from tests.helpers.fake_site import Asked, Reply, site
from tests.helpers.paths import RUNBOOK

BOOK = runbook.load(RUNBOOK)
PROJECT = "com.docker.compose.project"


def container(name: str, status: str = "running", code: int = 0, **about: Any) -> dict[str, Any]:
    """Return a container as the engine inspects it; Health and OOMKilled are of its State."""
    state = {"Status": status, "ExitCode": code, "OOMKilled": False, "Health": {"Status": "healthy"}}
    policy = {"RestartPolicy": {"Name": about.pop("policy", "unless-stopped")}}
    config = {"Labels": {PROJECT: "p", **about.pop("labels", {})}, "Healthcheck": about.pop("check", None)}
    return {"Id": name, "State": state | about, "HostConfig": policy, "Config": config}


def look(one: Probe, *containers: dict[str, Any], listed: Reply | None = None) -> Reading:
    """Let the probe look at an engine on loopback that has these containers, or that lists something else."""

    def engine(asked: Asked) -> Reply:
        address = urlsplit(asked.path)
        if not address.path.endswith("/containers/json"):
            name = address.path.split("/")[-2]
            return next(
                ((200, one) for one in containers if one["Id"] == name and "gone" not in one),
                (404, {"message": "no such container"}),
            )
        filters = json.loads(parse_qs(address.query)["filters"][0])
        (label,) = filters["label"]
        found = [one for one in containers if f"{PROJECT}={one['Config']['Labels'][PROJECT]}" == label]
        wanted = filters.get("health")
        kept = [one for one in found if wanted is None or one["State"]["Health"]["Status"] in wanted]
        return listed or (
            200,
            [
                {
                    "Id": one["Id"],
                    "Names": [f"/{one['Id']}"],
                    "State": one["State"]["Status"],
                    "Labels": one["Config"]["Labels"],
                }
                for one in kept
            ],
        )

    with site({"GET /containers/*": engine}) as served:
        return one(visit(served.url.replace("http", "tcp", 1)))


def visit(engine_url: str, timeout_s: float = 5.0) -> Visit:
    return Visit(Target("x", "http://h:1", engine_url=engine_url, project="p", timeout_s=timeout_s), BOOK)


UP = container("up")
SICK = container("sick", Health={"Status": "unhealthy"})
UNKNOWN = container("new", Health={"Status": "starting"})
DONE = container("migrate", "exited", policy="no")
OTHER = container("other", "exited", 1, labels={PROJECT: "another"})
BY_HAND = container("psql", "exited", 1, labels={"com.docker.compose.oneoff": "True"})

GREEN: list[tuple[Probe, tuple[dict[str, Any], ...], str]] = [
    (containers_running, (UP, DONE, OTHER, BY_HAND), "1 running"),
    (containers_running, (UP, container("fell", "exited", 1) | {"gone": True}), "1 running"),
    (containers_healthy, (UP, UNKNOWN), "1 healthy, none unhealthy"),
    (containers_memory, (UP, DONE), "none of 2 was out of memory"),
]
RED: list[tuple[Probe, tuple[dict[str, Any], ...], str]] = [
    (containers_running, (UP, container("fell", "exited", 1)), "1 of 2 not running: fell exited (1)"),
    (containers_running, (UP, container("stopped", "exited")), "stopped exited (0)"),
    (containers_running, (UP, container("once", "exited", policy="no", check={"Test": ["CMD"]})), "once exited (0)"),
    (containers_running, (UP, container("again", "restarting", 1)), "again restarting (1)"),
    (containers_running, (UP, container("frozen", "paused")), "frozen paused (0)"),
    (containers_running, (DONE,), "none of 1 is running"),
    (containers_running, (OTHER,), "no container of the project p"),
    (containers_healthy, (UP, SICK), "1 unhealthy: sick"),
    (containers_healthy, (UNKNOWN,), "none is known to be healthy"),
    (containers_memory, (UP, container("big", OOMKilled=True)), "out of memory: big"),
]


@pytest.mark.parametrize(("one", "containers", "seen"), GREEN)
def test_containers_in_order_pass(one: Probe, containers: tuple[dict[str, Any], ...], seen: str) -> None:
    reading = look(one, *containers)
    assert (reading.ok, reading.seen) == (True, seen), str(reading)


@pytest.mark.parametrize(("one", "containers", "seen"), RED)
def test_what_is_wrong_with_containers_is_seen(one: Probe, containers: tuple[dict[str, Any], ...], seen: str) -> None:
    reading = look(one, *containers)
    assert reading.outcome is Outcome.FAIL, str(reading)
    assert seen in reading.seen


def test_engine_that_is_gone_is_asked_twice_and_measured() -> None:
    reading = containers_running(visit(f"tcp://{closed_port()}"))
    assert (reading.outcome, reading.seen, len(reading.attempts)) == (Outcome.FAIL, "connection refused", 2)


def test_silent_engine_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        reading = containers_running(visit(f"tcp://{address}", timeout_s=1))
    assert (reading.outcome, reading.seen) == (Outcome.FAIL, "no answer within 1 s")


@pytest.mark.parametrize(
    ("listed", "seen"),
    [
        ((500, {"message": "no space left"}), "no space left"),
        ((500, []), "-> 500"),
        ((200, {"not": "a list"}), "no list of containers"),
        ((200, "<html>"), "no list of containers"),
    ],
)
def test_engine_that_does_not_list_containers_is_measured(listed: Reply, seen: str) -> None:
    reading = look(containers_running, UP, listed=listed)
    assert reading.outcome is Outcome.FAIL, str(reading)
    assert seen in reading.seen


def test_engine_at_a_socket_is_asked_there(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with UnixStreamServer(str(path), Handler) as server:
        thread = Thread(target=server.handle_request, daemon=True)
        thread.start()
        reading = containers_running(visit(f"unix://{path}"))
        thread.join()
    assert reading.seen == "no container of the project p"


def test_engine_at_a_socket_that_is_not_there_is_measured(tmp_path: Path) -> None:
    reading = containers_running(visit(f"unix://{tmp_path}/none.sock"))
    assert (reading.outcome, len(reading.attempts)) == (Outcome.FAIL, 2), str(reading)
    assert "No such file" in reading.seen


def test_way_to_an_engine_that_we_cannot_go_is_told() -> None:
    reading = containers_running(visit("ssh://somebody@host"))
    assert reading.outcome is Outcome.LEFT_OUT
    assert "not by 'ssh'" in reading.seen
