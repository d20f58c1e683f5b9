"""Replica 1 of a scalable service answers to its bare name, whatever Compose does with the others."""

from collections.abc import Iterator

import pytest

from drills.common.waiting import wait_until
from drills.drill.sandbox_pool import SandboxPool
from drills.sandbox.stack import Stack

pytestmark = pytest.mark.sandbox


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Iterator[Stack]:
    running = sandbox_pool.system().stack
    yield running
    running.sandbox.check_output("docker-compose up -d --wait")


def names(stack: Stack, service: str) -> list[str]:
    line = f"docker ps --filter label=com.docker.compose.service={service} --format '{{{{.Names}}}}' | sort"
    return stack.sandbox.check_output(line).split()


def expect_names(stack: Stack, service: str, *expected: str) -> None:
    wait_until(
        lambda: names(stack, service),
        done=lambda found: found == list(expected),
        deadline_s=10,
        expected=f"the containers of {service} to be called {expected}",
        where="the sandbox",
        next_step="read /var/log/names.log in the sandbox",
    )


def test_scaling_up_and_back_keeps_the_bare_name(stack: Stack) -> None:
    stack.sandbox.check_output("docker-compose up -d --scale pdf-worker=3")
    expect_names(stack, "pdf-worker", "pdf-worker", "schedgen-pdf-worker-2", "schedgen-pdf-worker-3")
    stack.sandbox.check_output("docker-compose up -d --scale pdf-worker=2")
    expect_names(stack, "pdf-worker", "pdf-worker", "schedgen-pdf-worker-2")


def test_a_recreated_container_gets_the_bare_name_again(stack: Stack) -> None:
    before = stack.sandbox.check_output("docker inspect --format '{{.Id}}' backend")
    stack.sandbox.check_output("docker-compose up -d --force-recreate backend")
    expect_names(stack, "backend", "backend")
    assert stack.sandbox.check_output("docker inspect --format '{{.Id}}' backend") != before
