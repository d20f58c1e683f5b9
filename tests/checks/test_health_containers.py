import json
from pathlib import Path
from socketserver import BaseRequestHandler, UnixStreamServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from checks.health.composed import COMPOSE, SERVICE, as_composed
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.health.containers import containers_healthy, containers_memory, containers_running
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Asked, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.ports import closed_port, silent_port

PROJECT = "com.docker.compose.project"


def container(name: str, status: str = "running", code: int = 0, **about: Any) -> dict[str, Any]:
    """Return a container as the engine inspects it; Health and OOMKilled are of its State."""
    state = {"Status": status, "ExitCode": code, "OOMKilled": False, "Health": {"Status": "healthy"}}
    policy = {"RestartPolicy": {"Name": about.pop("policy", "unless-stopped")}}
    config = {"Labels": {PROJECT: "p", **about.pop("labels", {})}, "Healthcheck": about.pop("check", None)}
    return {"Id": name, "State": state | about, "HostConfig": policy, "Config": config}


def look(one: Check, *containers: dict[str, Any], listed: Reply | None = None) -> CheckResult:
    """Run the check against an engine on loopback that has these containers, or that lists something else."""

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

    with fake_system({"GET /containers/*": engine}) as served:
        return one(context(served.url.replace("http", "tcp", 1)))


def context(engine_url: str, timeout_s: float = 5.0) -> CheckContext:
    return CheckContext(
        target_at(engine_url=engine_url, sandbox=engine_url, project="p", timeout_s=timeout_s), OWN_RUNBOOK
    )


UP = container("up")
SICK = container("sick", Health={"Status": "unhealthy"})
UNKNOWN = container("new", Health={"Status": "starting"})
DONE = container("migrate", "exited", policy="no")
OTHER = container("other", "exited", 1, labels={PROJECT: "another"})
BY_HAND = container("psql", "exited", 1, labels={"com.docker.compose.oneoff": "True"})

GREEN: list[tuple[Check, tuple[dict[str, Any], ...], str]] = [
    (containers_running, (UP, DONE, OTHER, BY_HAND), "1 running"),
    (containers_running, (UP, container("fell", "exited", 1) | {"gone": True}), "1 running"),
    (containers_healthy, (UP, UNKNOWN), "1 healthy, none unhealthy"),
    (containers_memory, (UP, DONE), "none of 2 was out of memory"),
]
RED: list[tuple[Check, tuple[dict[str, Any], ...], str]] = [
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
def test_containers_in_order_pass(one: Check, containers: tuple[dict[str, Any], ...], seen: str) -> None:
    check_result = look(one, *containers)
    assert (check_result.ok, check_result.seen) == (True, seen), str(check_result)


@pytest.mark.parametrize(("one", "containers", "seen"), RED)
def test_what_is_wrong_with_containers_is_seen(one: Check, containers: tuple[dict[str, Any], ...], seen: str) -> None:
    check_result = look(one, *containers)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_engine_that_refuses_connections_is_asked_twice_and_measured() -> None:
    check_result = containers_running(context(f"tcp://{closed_port()}"))
    assert (check_result.outcome, check_result.seen, len(check_result.attempts)) == (
        Outcome.FAIL,
        "connection refused",
        2,
    )


def test_silent_engine_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        check_result = containers_running(context(f"tcp://{address}", timeout_s=1))
    assert (check_result.outcome, check_result.seen) == (Outcome.FAIL, "no answer within 1 s")


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
    check_result = look(containers_running, UP, listed=listed)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_engine_at_a_socket_is_asked_there(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with UnixStreamServer(str(path), Handler) as server:
        thread = Thread(target=server.handle_request, daemon=True)
        thread.start()
        check_result = containers_running(context(f"unix://{path}"))
        thread.join()
    assert check_result.seen == "no container of the project p"


def test_engine_at_a_socket_that_is_not_there_is_measured(tmp_path: Path) -> None:
    check_result = containers_running(context(f"unix://{tmp_path}/none.sock"))
    assert (check_result.outcome, len(check_result.attempts)) == (Outcome.FAIL, 2), str(check_result)
    assert "No such file" in check_result.seen


def test_address_of_an_engine_that_checks_cannot_use_is_reported() -> None:
    check_result = containers_running(context("ssh://user@host"))
    assert check_result.outcome is Outcome.SKIPPED
    assert "not by 'ssh'" in check_result.seen


HEALTH = {
    "Test": ["CMD", "redis-cli", "-e", "ping"],
    "Retries": 3,
    "Interval": 60 * 10**9,
    "Timeout": 6 * 10**9,
    "StartPeriod": 60 * 10**9,
}


@pytest.mark.parametrize(
    ("about", "seen"),
    [
        ({}, ""),
        ({"policy": "no"}, "redis with restart policy 'no' instead of 'unless-stopped'"),
        ({"check": None}, "redis with the health check"),
        ({"check": HEALTH | {"Interval": 10**9}}, "redis with the health check"),
        ({"labels": {SERVICE: "synthetic"}, "policy": "no"}, ""),
    ],
    ids=["sound", "policy", "no health check", "interval", "of no service"],
)
def test_container_is_as_the_compose_file_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, about: dict[str, Any], seen: str
) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(COMPOSE.read_text(encoding="utf-8").replace("name: schedgen", "name: p", 1), encoding="utf-8")
    monkeypatch.setattr("checks.health.composed.COMPOSE", path)
    given: dict[str, Any] = {"labels": {SERVICE: "redis"}, "check": HEALTH} | about
    one = container("redis", **given)
    check_result = look(as_composed, one)
    assert check_result.outcome is (Outcome.FAIL if seen else Outcome.PASS), str(check_result)
    assert seen in check_result.seen
