"""A sandbox shows the machine it runs on loopback ports, a limited disk, and no secret."""

import json

import pytest

from drills.drill.sandbox_pool import SandboxPool
from drills.sandbox.engine import connect
from drills.sandbox.images import IMAGES
from drills.sandbox.sandbox import LOOPBACK
from drills.sandbox.stack import Stack

pytestmark = pytest.mark.sandbox


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


def elsewhere(ports: dict[str, list[dict[str, str]] | None]) -> list[str]:
    """Return the ports that answer on an address other than this machine's own loopback."""
    return [port for port, found in ports.items() for binding in found or [] if binding["HostIp"] != LOOPBACK]


def leaked(text: str, secrets: tuple[str, ...]) -> list[str]:
    return [secret for secret in secrets if secret in text]


def test_ports_answer_on_the_loopback_address_only(stack: Stack) -> None:
    container = stack.sandbox.get_wrapped_container()
    container.reload()
    assert elsewhere(container.ports) == []
    assert {int(port.removesuffix("/tcp")) for port in container.ports} == set(stack.descriptor.ports.values())


def test_a_port_on_every_address_would_be_seen() -> None:
    assert elsewhere({"3000/tcp": [{"HostIp": "0.0.0.0", "HostPort": "3000"}]}) == ["3000/tcp"]


def test_the_engines_disk_has_the_size_of_the_descriptor(stack: Stack) -> None:
    size_mib = stack.sandbox.check_output("df --block-size=1M --output=size /var/lib/docker").split()[-1]
    assert int(size_mib) == stack.descriptor.disk_mib


def test_no_secret_is_in_what_the_outer_engine_shows(stack: Stack) -> None:
    container = stack.sandbox.get_wrapped_container()
    container.reload()
    image = connect().images.get(container.attrs["Image"])
    assert leaked(json.dumps([container.attrs, image.attrs, image.history()]), stack.secrets) == []


def test_no_secret_is_in_a_file_of_the_project(stack: Stack) -> None:
    folder = stack.descriptor.folder
    files = [path for path in [*folder.rglob("*"), *IMAGES.rglob("*")] if path.is_file()]
    assert leaked("".join(path.read_text(errors="ignore") for path in files), stack.secrets) == []


def test_every_secret_is_random_and_a_leaked_one_would_be_seen(stack: Stack) -> None:
    assert len(set(stack.secrets)) == len(stack.descriptor.secrets)
    assert all(len(secret) == 32 for secret in stack.secrets)
    assert leaked(stack.settings().decode(), stack.secrets) == list(stack.secrets)


def test_no_secret_is_committed_inside_the_sandbox(stack: Stack) -> None:
    assert leaked(stack.sandbox.check_output("git log -p | cat"), stack.secrets) == []
