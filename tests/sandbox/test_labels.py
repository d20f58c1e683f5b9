"""A sandbox is removed only when the process that owns it has certainly ended."""

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from drills.sandbox.labels import LABEL, _owner, everything_ours, label, owner_is_gone, this_owner

HOST = socket.gethostname()


@pytest.fixture
def ended_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_living_owner_is_not_gone() -> None:
    assert not owner_is_gone(this_owner())


def test_an_owner_whose_process_ended_is_gone(ended_pid: int) -> None:
    assert owner_is_gone(f"{HOST}/{ended_pid}/4711")


def test_an_owner_whose_pid_another_process_got_is_gone() -> None:
    host, pid, started = this_owner().split("/")
    assert owner_is_gone(f"{host}/{pid}/{int(started) - 1}")


@pytest.fixture
def zombie() -> Iterator[str]:
    """Yield the owner label of a process that was killed and that its parent, this one, has not waited for."""
    process = subprocess.Popen(["sleep", "60"])
    owner = _owner(process.pid)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield owner
    process.wait()


def test_an_owner_that_is_a_zombie_is_gone(zombie: str) -> None:
    assert owner_is_gone(zombie)


def test_an_owner_on_another_host_is_never_judged(ended_pid: int) -> None:
    assert not owner_is_gone(f"not-{HOST}/{ended_pid}/4711")


@pytest.mark.parametrize("owner", ["", HOST, f"{HOST}/", f"{HOST}/init/1"])
def test_what_names_no_process_is_never_judged(owner: str) -> None:
    assert not owner_is_gone(owner)


def test_this_process_names_host_pid_and_start() -> None:
    host, pid, started = this_owner().split("/")
    assert (host, pid) == (HOST, str(os.getpid()))
    assert started.isdigit()


def test_all_of_ours_is_found_by_the_label_that_every_part_carries() -> None:
    assert everything_ours() == {"label": LABEL}
    assert LABEL in label("base")
