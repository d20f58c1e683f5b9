"""What runs in a sandbox reaches no other address, unless the descriptor asks for it; published ports answer."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import pytest

from drills.sandbox.sandbox import Plan, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.drill.sandbox_pool import SandboxPool
    from drills.sandbox.stack import Stack

pytestmark = pytest.mark.sandbox

FAR = "192.0.2.1"
"""An address that nobody has (RFC 5737)."""
CONNECTED, COULD_NOT_CONNECT, TIMED_OUT = 0, 7, 28
CURL = "curl -sS -o /dev/null --connect-timeout 3"


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


@contextmanager
def neighbour() -> Iterator[int]:
    """Answer every call to this machine with an empty page, at the port that is returned."""
    with socket.create_server(("", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    with server.accept()[0] as caller:
                        caller.recv(4096)
                        caller.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                except OSError:
                    return

        Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def gateway(sandbox: Sandbox) -> str:
    """Return this machine's address on the network of its containers."""
    container = sandbox.get_wrapped_container()
    container.reload()
    return str(container.attrs["NetworkSettings"]["Networks"]["bridge"]["Gateway"])


def test_a_line_that_calls_a_far_address_fails_at_once(stack: Stack) -> None:
    done = stack.sandbox.run(f"{CURL} http://{FAR}/")
    assert (done.exit, done.seconds < 3) == (COULD_NOT_CONNECT, True)


def test_a_line_does_not_reach_this_machine(stack: Stack) -> None:
    with neighbour() as port:
        assert stack.sandbox.run(f"{CURL} http://{gateway(stack.sandbox)}:{port}/").exit == TIMED_OUT


def test_a_container_inside_reaches_neither(stack: Stack) -> None:
    inside = f"docker exec {stack.descriptor.service('backend')} {CURL}"
    with neighbour() as port:
        assert stack.sandbox.run(f"{inside} http://{gateway(stack.sandbox)}:{port}/").exit == TIMED_OUT
    assert stack.sandbox.run(f"{inside} http://{FAR}/").exit in {COULD_NOT_CONNECT, TIMED_OUT}


def test_published_ports_answer(stack: Stack) -> None:
    assert httpx.get(stack.url("gateway")).status_code == httpx.codes.OK


def test_a_sandbox_whose_descriptor_asks_for_it_reaches_other_addresses(stack: Stack) -> None:
    with neighbour() as port, Sandbox(Plan(image=stack.sandbox.plan.image, internet=True)) as sandbox:
        assert sandbox.run(f"{CURL} http://{gateway(sandbox)}:{port}/").exit == CONNECTED
        assert sandbox.run(f"ip route get {FAR}").exit == 0
