"""The four ways in which a drill must not come out green, tried on the running stack with drill 5.1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.drill.arm import prepared as preparing
from drills.drill.arm.listener import Listener
from drills.drill.edition import Edition
from drills.drill.lifecycle import run_arm
from drills.drill.phases import until_diagnosis
from drills.drill.scenario import Scenario
from drills.load.traffic import Traffic
from drills.record.events import Residue
from drills.record.reader import read
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm, Verdict
from drills.runbook.model import Command
from load.profiles import CALM
from scenarios.faults.connection_leak import ConnectionLeak
from tests.helpers.runs import A_RUN

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.sandbox_pool import SandboxPool
    from drills.drill.system import System
    from drills.record.judge import Judgement

pytestmark = pytest.mark.sandbox
CAUSE = "5.1"
SYMPTOM = Symptom("count(*) as total", r"^\s*(\d+)(?:\s*\|\s*\d+){3}\s*$", SymptomChange.GROWS)


class NoFault(ConnectionLeak):
    def inject(self, system: System) -> None:
        pass


class NoTraffic(Traffic):
    def start(self, deadline_s: float = 0.0) -> None:
        pass


def held(
    sandbox_pool: SandboxPool, folder: Path, *lines: str, fault: type[ConnectionLeak] = ConnectionLeak
) -> Judgement:
    system = sandbox_pool.system()
    if lines:
        cause = system.runbook.cause(CAUSE)
        altered = Edition(CAUSE, "altered", tuple(Command(cause.line, line) for line in lines), "what must not pass")
        system = replace(system, runbook=altered.of(system.runbook))
    scenario = Scenario(CAUSE, fault, CALM, SYMPTOM, restart_after_recovery="backend")
    return run_arm(preparing.prepared(scenario, Arm.DOCUMENTED, system, folder, Listener(), A_RUN))


def test_judge_without_prometheus_is_unknown(sandbox_pool: SandboxPool, tmp_path: Path) -> None:
    solution = sandbox_pool.system().runbook.cause(CAUSE).commands[0].text
    found = held(sandbox_pool, tmp_path, solution, "docker stop prometheus")
    assert found.verdict is Verdict.UNKNOWN, found.reason
    assert "no data of the metric" in found.reason
    assert read(tmp_path).of(Residue)[-1].items == ()


def test_drill_without_traffic_is_unknown(
    sandbox_pool: SandboxPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "Traffic", NoTraffic)
    monkeypatch.setattr(until_diagnosis, "STEADY_DEADLINE_S", 5.0)
    found = held(sandbox_pool, tmp_path)
    assert found.verdict is Verdict.UNKNOWN, found.reason
    assert "traffic of at least" in found.reason


def test_fault_that_does_nothing_is_invalid(
    sandbox_pool: SandboxPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(until_diagnosis, "CONFIRM_DEADLINE_S", 5.0)
    found = held(sandbox_pool, tmp_path, fault=NoFault)
    assert found.verdict is Verdict.INVALID, found.reason
    assert "pg_stat_activity" in found.reason


def test_solution_that_does_nothing_is_refuted(sandbox_pool: SandboxPool, tmp_path: Path) -> None:
    found = held(sandbox_pool, tmp_path, "true")
    assert found.verdict is Verdict.REFUTED, found.reason
    assert "did not stay under its target" in found.reason
