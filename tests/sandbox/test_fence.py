"""A sandbox that was closed off answers, and calls nobody; what cannot be closed off is not used."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.sandbox.fence import INTERFACE, RULES, close_off
from drills.sandbox.stack import UP, Stack, boot
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

HERE, THERE, FAR = "192.0.2.1", "192.0.2.2", "198.51.100.1"
LIMIT_S = 60.0
REFUSED_AT_ONCE, TIMED_OUT = 7, 28  # how curl ends
# Two networks of the kernel with a cable between them: this machine's side, and the sandbox's own.
CABLE = f"""
set -e
ip link set lo up
ip link add cable type veth peer name {INTERFACE}
unshare -n sleep {LIMIT_S:g} > /dev/null & inside=$!
trap 'kill $(jobs -p)' EXIT
until [ "$(readlink /proc/$inside/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
enter() {{ nsenter -t $inside -n "$@"; }}
ip link set {INTERFACE} netns $inside
ip address add {HERE}/24 dev cable && ip address add {FAR}/32 dev cable && ip link set cable up
enter ip address add {THERE}/24 dev {INTERFACE} && enter ip link set {INTERFACE} up
enter ip route add default via {HERE}
python3 -m http.server 8080 > /dev/null 2>&1 &
nsenter -t $inside -n python3 -m http.server 8080 > /dev/null 2>&1 &
for side in "" enter; do until $side ss -Hltn | grep -q :8080; do sleep 0.05; done; done
call() {{ curl -s -o /dev/null -w '%{{http_code}} %{{exitcode}}\\n' --connect-timeout 2 "http://$1:8080/" || true; }}
"""


@dataclass
class Container:
    """Answers as the engine does to one command."""

    exit_code: int
    output: bytes = b""
    asked: list[Any] = field(default_factory=list)

    def exec_run(self, command: list[str]) -> Container:
        self.asked.append(command)
        return self


def ways(rules: str) -> list[str]:
    """Return what comes of a call to a neighbour, to an address far away, and from outside, under *rules*."""
    calls = f'export -f call; for address in {HERE} {FAR}; do enter bash -c "call $address"; done; call {THERE}'
    lines = f"{CABLE}\nenter sh -c '{rules}'\n{calls}"
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", lines], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def may_make_networks() -> bool:
    tools = all(
        map(shutil.which, ("unshare", "nsenter", "ip", "ss", "iptables", "ip6tables", "bash", "python3", "curl"))
    )
    return tools and os.geteuid() == 0 and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0


def test_rules_are_run_inside() -> None:
    container = Container(exit_code=0)
    close_off(container)  # type: ignore[arg-type]
    assert container.asked == [["sh", "-c", RULES]]


def test_what_cannot_be_closed_off_is_refused_with_the_way_out() -> None:
    with pytest.raises(SandboxError, match=r"\(exit 3\): no such table\. With `internet = true` in the descriptor"):
        close_off(Container(exit_code=3, output=b"no such table\n"))  # type: ignore[arg-type]


class PullingSandbox:
    """Has no image, and no route to where they are."""

    def put(self, files: dict[str, bytes]) -> None:
        pass

    def check_output(self, line: str, **_: Any) -> str:
        raise SandboxError(f"`{line}` failed: dial tcp: connect: network is unreachable")


@pytest.mark.parametrize(
    ("change", "told"),
    [((), True), ((("rules =", "internet = true\nrules ="),), False)],
    ids=["closed off", "internet = true"],
)
def test_a_stack_that_cannot_pull_its_images_says_which_key_lets_it(
    tmp_path: Path, change: tuple[tuple[str, str], ...], *, told: bool
) -> None:
    path = described(tmp_path, *change)
    sandbox: Any = PullingSandbox()
    with pytest.raises(SandboxError, match=UP) as caught:
        boot(Stack(descriptor.read(path), sandbox, {}, tmp_path), "groups: []")
    assert (f"{path}: no sandbox reaches another address unless" in str(caught.value)) is told


@pytest.mark.skipif(not may_make_networks(), reason="only root on Linux may make networks")
def test_the_kernel_lets_answers_out_and_nothing_else() -> None:
    assert ways(RULES) == [f"000 {TIMED_OUT}", f"000 {REFUSED_AT_ONCE}", "200 0"]


@pytest.mark.skipif(not may_make_networks(), reason="only root on Linux may make networks")
def test_without_the_rules_every_call_is_answered() -> None:
    assert ways("true") == ["200 0"] * 3
