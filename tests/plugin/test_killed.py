"""However and whenever a run is ended, it cleans up, says that it was interrupted, and keeps what was judged.

The whole table, with every part of a run but the containers; with them, some of it is tried in tests/containers.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from drills.common.waiting import wait_until
from drills.record.arm_verdict import read_verdict
from drills.record.events import DurabilityStage, Residue
from drills.record.reader import read
from drills.record.verdicts import Verdict
from tests.helpers.paths import ROOT
from tests.helpers.pytest_run import LIMIT_S

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.history import History

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PHASES = ("boot", "steady", "detect", "recover", "durability")
DRILLS = """
import os, time
from pathlib import Path
from types import SimpleNamespace

import pytest

from drills.drill.experiment import held
from drills.drill.lifecycle import run_arm
from drills.drill.phases import durability, recovery, settle, until_diagnosis
from tests.helpers.runs import QuietFault, TypedStack, a_run, a_scenario

HERE = Path(__file__).parent
ALL = {
    until_diagnosis: ("prepare", "steady", "quiet", "inject", "confirm", "detect", "diagnose"),
    recovery: ("resolve", "verify"),
    settle: ("settle",),
}

def waits(*_):
    (HERE / f"reached-{os.getpid()}").touch()
    time.sleep(60)

def recovers(run, *_):
    run.record.milestone("recovered")

for module, names in ALL.items():
    for name in names:
        setattr(module, name, waits if name == "PHASE" else lambda *_: None)
recovery.recover = waits if "PHASE" == "recover" else recovers
durability.durability = waits if "PHASE" == "durability" else lambda _: None

class Pool:
    secrets = ()

    def system(self):
        if "PHASE" == "boot":
            waits()

    def replace(self):
        (HERE / f"removed-{os.getpid()}").touch()

@pytest.fixture(scope="session")
def sandbox_pool():
    pool = Pool()
    yield pool
    pool.replace()

def drilled(run_drill, cause):
    records = run_drill.experiment.records
    folder = records.output / "drills" / f"{cause}-documented"
    stack = TypedStack(HERE, {"docker ps": "all there"})

    def hold(_, beside):
        return run_arm(a_run(beside, a_scenario(QuietFault(), cause), stack=stack))

    held(run_drill.experiment.sandboxes, records, folder, hold)

@pytest.mark.drill("5.1")
def test_leak(run_drill):
    drilled(run_drill, "5.1")

@pytest.mark.drill("5.2")
def test_long(run_drill):
    drilled(run_drill, "5.2")
"""


def ended(suite: Path, phase: str, number: signal.Signals, *options: str, runs: int = 1) -> str:
    """Run the drills, send the signal when as many processes as there are *runs* have come to the phase."""
    (suite / "test_drills.py").write_text(DRILLS.replace("PHASE", phase), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_drills.py", *options]
    # A script that runs these tests in the background has Ctrl-C ignored, and its children with it.
    run = subprocess.Popen(
        ["env", "--default-signal=INT,HUP", *command, "--output", "output"],
        cwd=suite,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(
            lambda: run.poll() is not None or len(list(suite.glob("reached-*"))) == runs,
            deadline_s=LIMIT_S,
            expected=f"{runs} processes in the phase {phase}",
            where=str(suite),
            next_step="read what pytest said",
        )
        run.send_signal(number)
        said, _ = run.communicate(timeout=LIMIT_S)
    finally:
        if run.poll() is None:
            run.kill()
    assert run.returncode == pytest.ExitCode.INTERRUPTED, said
    assert "INTERNALERROR" not in said, said
    assert len(list(suite.glob("removed-*"))) == runs, said
    return said


def record(suite: Path, cause: str = "5.1") -> History:
    return read(suite / "output" / "drills" / f"{cause}-documented")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_signal_in_any_phase_leaves_nothing_behind(number: signal.Signals, phase: str, suite: Path) -> None:
    said = ended(suite, phase, number)
    assert "KeyboardInterrupt" in said
    if phase == "boot":
        assert not (suite / "output" / "drills").exists()
        return
    assert record(suite).of(Residue)[-1].items == ()
    assert "because the run was interrupted: 5.2" in " ".join(said.split())
    stages = [stage.seen for stage in record(suite).of(DurabilityStage)]
    assert stages == (["durability interrupted"] if phase == "durability" else [])


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_signal_ends_both_workers_of_a_parallel_run(number: signal.Signals, suite: Path) -> None:
    ended(suite, "recover", number, "-n", "2", runs=2)
    for cause in ("5.1", "5.2"):
        assert record(suite, cause).of(Residue)[-1].items == ()
        folder = suite / "output" / "drills" / f"{cause}-documented"
        assert read_verdict(folder).verdict is Verdict.UNKNOWN
