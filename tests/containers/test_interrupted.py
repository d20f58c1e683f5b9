"""A drill that is ended from outside leaves nothing running, and what it had found stays on disk."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import docker
import pytest

from drills.common.waiting import wait_until
from drills.record.arm_verdict import read_verdict
from drills.record.events import DurabilityStage, Residue
from drills.record.reader import read
from drills.record.verdicts import Verdict
from drills.sandbox.labels import OWNER, everything_ours, owner_is_gone
from drills.sandbox.sandbox import sweep
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.sandbox
PHASE_DEADLINE_S = 300.0
END_DEADLINE_S = 90.0


@contextmanager
def drill(output: Path, phase: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start drill 5.1 as a person would and yield it when its console names *phase*."""
    said = output.parent / "said.txt"
    # A script that runs these tests in the background has Ctrl-C ignored, and its children with it.
    person = ["env", "--default-signal=INT,HUP", "LC_ALL=C.UTF-8", "COLUMNS=200"]
    command = [
        *person,
        sys.executable,
        "-m",
        "pytest",
        "scenarios",
        "--cause",
        "5.1",
        "--output",
        str(output),
        *options,
    ]
    with said.open("wb") as log:
        run = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_until(
            lambda: phase in " ".join(said.read_text(errors="replace").split()) or run.poll() is not None,
            deadline_s=PHASE_DEADLINE_S,
            expected=f"{phase!r} on the console",
            where=str(said),
            next_step="read the drill's console",
        )
        assert run.poll() is None, said.read_text(errors="replace")
        yield run
    finally:
        if run.poll() is None:
            run.kill()
        run.wait()


def orphans() -> list[str]:
    """Return the sandboxes whose run has ended."""
    containers = docker.from_env().containers.list(all=True, filters=everything_ours(), ignore_removed=True)
    return [each.short_id for each in containers if owner_is_gone(each.labels.get(OWNER, ""))]


def processes(output: Path) -> list[str]:
    """Return what still runs for the drill: everything it starts here carries its output folder."""
    found = subprocess.run(["pgrep", "-af", str(output)], capture_output=True, text=True, check=False)
    return found.stdout.splitlines()


BOOT, DOCUMENTED = "boot the reference stack", "documented │ "
QUICK: list[tuple[signal.Signals, str, tuple[str, ...]]] = [
    (signal.SIGINT, DOCUMENTED + "steady", ()),
    (signal.SIGTERM, DOCUMENTED + "recover", ()),
    (signal.SIGTERM, DOCUMENTED + "steady", ("-n", "2", "--cause", "5.2")),
]
SLOW: list[tuple[signal.Signals, str, tuple[str, ...]]] = [
    (signal.SIGINT, BOOT, ()),
    (signal.SIGHUP, BOOT, ()),
    (signal.SIGTERM, DOCUMENTED + "diagnose", ()),
    (signal.SIGHUP, DOCUMENTED + "diagnose", ()),
    (signal.SIGINT, DOCUMENTED + "recover", ()),
    (signal.SIGTERM, DOCUMENTED + "durability", ()),
    (signal.SIGHUP, DOCUMENTED + "durability", ()),
    (signal.SIGHUP, DOCUMENTED + "steady", ("-n", "2", "--cause", "5.2")),
]
KILLS = [*(pytest.param(*kill) for kill in QUICK), *(pytest.param(*kill, marks=pytest.mark.slow) for kill in SLOW)]
"""Eleven, so that each signal, each phase and a parallel run have their turn; the whole table is in tests/plugin."""


@pytest.mark.parametrize(
    ("number", "phase", "options"),
    KILLS,
    ids=[" ".join((number.name, phase.split()[-1], *options[:2])) for number, phase, options in [*QUICK, *SLOW]],
)
def test_interrupted_drill_removes_all_that_it_started(
    number: signal.Signals, phase: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with drill(output, phase, *options) as run:
        run.send_signal(number)
        assert run.wait(END_DEADLINE_S) == pytest.ExitCode.INTERRUPTED
    assert orphans() == []
    assert processes(output) == []
    if phase == BOOT:
        assert not (output / "drills").exists()
        return
    history = read(output / "drills" / "5.1-documented")
    assert history.of(Residue)[-1].items == ()
    held = phase.endswith("durability")
    assert [stage.seen for stage in history.of(DurabilityStage)] == (["durability interrupted"] if held else [])
    assert (read_verdict(output / "drills" / "5.1-documented").verdict is Verdict.UNPROVEN) is held


def test_killed_drill_leaves_its_verdicts_and_one_container_that_the_next_run_removes(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with drill(output, "placebo │ steady") as run:
        run.send_signal(signal.SIGKILL)
        run.wait()
        left = orphans()
    assert len(left) == 1
    wait_until(
        lambda: not processes(output),
        deadline_s=END_DEADLINE_S,
        expected="no process of a killed drill",
        where="this machine",
        next_step=f"pgrep -af {output}",
    )
    assert sweep(docker.from_env()) == 1
    assert orphans() == []
    assert json.loads((output / "drills" / "5.1-documented" / "verdict.json").read_text())["verdict"] == "UNPROVEN"
