"""Two sandboxes do not affect each other; a killed run leaves one container, which the next run removes."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import docker
import pytest
from docker.errors import NotFound
from docker.models.containers import Container

from drills.drill.sandbox_pool import SandboxPool
from drills.sandbox import descriptor, setup
from drills.sandbox.engine import connect
from drills.sandbox.labels import LABEL, OWNER
from drills.sandbox.sandbox import Plan, Sandbox, sweep
from drills.sandbox.stack import Stack, running
from tests.helpers.paths import DESCRIPTOR

pytestmark = pytest.mark.sandbox
NO_RULES = "groups: []\n"
RUN = """
import signal, sys
from drills.sandbox.sandbox import Plan, Sandbox
Sandbox(Plan(image=sys.argv[1], kept=sys.argv[2] == "kept")).start()
print("started", flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return connect()


@pytest.fixture(scope="module")
def one(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


@pytest.fixture(scope="module")
def other(one: Stack) -> Iterator[Stack]:
    about = descriptor.read(DESCRIPTOR)
    assert one.descriptor == about
    prepared = setup.prepare(about)
    with running(about, prepared.sandbox_image, prepared.store, NO_RULES) as stack:
        yield stack


@pytest.fixture
def image(one: Stack) -> str:
    return one.sandbox.plan.image


def owned_by(client: docker.DockerClient, pid: int) -> list[Container]:
    ours = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    return [each for each in ours if each.labels.get(OWNER, "").split("/")[1:2] == [str(pid)]]


@pytest.fixture
def killed(client: docker.DockerClient, image: str, request: pytest.FixtureRequest) -> Iterator[list[Container]]:
    """Kill a process that has started a sandbox, and yield what it left; nothing of it stays after the test."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, image, getattr(request, "param", "")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        yield owned_by(client, process.pid)
    finally:
        process.kill()
        process.wait()
        for container in owned_by(client, process.pid):
            container.remove(force=True, v=True)


def exists(container: Container) -> bool:
    try:
        container.reload()
    except NotFound:
        return False
    return True


def test_a_killed_run_leaves_one_container_and_the_next_run_removes_it(
    client: docker.DockerClient, killed: list[Container], one: Stack
) -> None:
    assert len(killed) == 1
    assert sweep(client) >= 1
    assert not exists(killed[0])
    assert exists(one.sandbox.get_wrapped_container())


@pytest.mark.parametrize("killed", ["kept"], indirect=True)
def test_a_kept_sandbox_stays_when_its_run_was_killed(client: docker.DockerClient, killed: list[Container]) -> None:
    sweep(client)
    assert [exists(each) for each in killed] == [True]


def test_a_sandbox_leaves_nothing_behind_at_the_end_of_its_block(image: str) -> None:
    with Sandbox(Plan(image=image)) as sandbox:
        container = sandbox.get_wrapped_container()
        assert sandbox.run("docker info").exit == 0
    assert not exists(container)


def test_emptying_one_redis_leaves_the_others(one: Stack, other: Stack) -> None:
    for stack in (one, other):
        stack.sandbox.check_output("docker exec redis redis-cli SET neighbour here")
    other.sandbox.check_output("docker exec redis redis-cli FLUSHDB")
    assert "here" not in other.sandbox.check_output("docker exec redis redis-cli GET neighbour")
    assert "here" in one.sandbox.check_output("docker exec redis redis-cli GET neighbour")
    one.sandbox.check_output("docker exec redis redis-cli DEL neighbour")


def test_removing_one_container_leaves_the_others(one: Stack, other: Stack) -> None:
    other.sandbox.check_output("docker rm -f alertmanager")
    assert other.sandbox.run("docker inspect alertmanager").exit == 1
    assert one.sandbox.check_output("docker inspect --format '{{.State.Status}}' alertmanager").split() == ["running"]


def test_two_sandboxes_share_neither_ports_nor_secrets(one: Stack, other: Stack) -> None:
    assert one.url("gateway") != other.url("gateway")
    assert not set(one.secrets) & set(other.secrets)
