"""The guest writes to no disk, has no way out, and is ended whatever it does."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.host import emulator
from tests.host.emulator import QEMU, Guest, lacking, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guest:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(emulator, "POLL_S", 0.05)
    return Guest(tmp_path, tmp_path / "disk.img", tmp_path / "vmlinuz", tmp_path / "initrd.img")


def program(guest: Guest, line: str) -> None:
    """Put a program in the place of qemu."""
    path = guest.folder / QEMU
    path.write_text(f"#!/bin/sh\necho $$ > {guest.folder}/pid\n{line}\n")
    path.chmod(0o755)


def test_the_disk_is_kept_as_it_is_and_the_network_has_no_way_out(guest: Guest) -> None:
    command = guest.command()
    assert "-snapshot" in command
    assert "user,id=net,restrict=on" in command
    assert not any("hostfwd" in word for word in command)


@pytest.mark.parametrize(("line", "ended"), [("exit 0", True), ("exit 1", False)])
def test_a_guest_that_powers_itself_off_has_ended(guest: Guest, line: str, *, ended: bool) -> None:
    program(guest, line)
    assert run(guest, 20) is ended


def test_a_guest_whose_time_is_over_is_ended(guest: Guest) -> None:
    program(guest, "exec sleep 60")
    began = time.monotonic()
    assert run(guest, 1) is False
    assert time.monotonic() - began < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((guest.folder / "pid").read_text()), 0)


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.host.emulator.shutil.which", lambda program: None if program == "mke2fs" else program)
    assert lacking() == "apt-get install e2fsprogs"
    monkeypatch.setattr("tests.host.emulator.shutil.which", str)
    assert lacking() is None
