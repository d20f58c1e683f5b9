"""Whatever ends a drill, in whatever phase: the fault is taken away, the stack healed, the verdict so far on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast

import pytest

from drills import runbook
from drills.common.waiting import WaitTimeout
from drills.drill import lifecycle as frame
from drills.drill import phases
from drills.drill.scenario import Confirmation, Fault, Scenario
from drills.drill.suite import Suite
from drills.record.events import Residue
from drills.record.reader import read
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm, Verdict
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.sandbox.terminal import Ran
from load.profiles import CALM
from tests.helpers.paths import DESCRIPTOR, RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.run import Run
    from drills.drill.system import System

PHASES = (
    "prepare",
    "steady",
    "quiet",
    "inject",
    "confirm",
    "detect",
    "diagnose",
    "resolve",
    "recover",
    "verify",
)
SIGN = Symptom("as total", r"(\d+)", SymptomChange.GROWS)
UNDO = "echo undone"


@dataclass
class Stack:
    """Remembers what was typed at it."""

    heals: bool = True
    typed: list[str] = field(default_factory=list)
    healed: int = 0
    descriptor: Any = field(default_factory=lambda: descriptor.read(DESCRIPTOR))

    def snapshot(self) -> dict[str, str]:
        return {"docker ps": "all there"}

    def run(self, line: str, **_: Any) -> Ran:
        self.typed.append(line)
        return Ran(line, "", 0, 0.1)

    def heal(self) -> None:
        self.healed += 1
        if not self.heals:
            raise SandboxError("the backend stays unhealthy")


class Still:
    """Stands for the traffic, the watch and the ledger: there, and nothing more."""

    def __init__(self, *_: Any) -> None:
        self.failure = None
        self.stopped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped += 1

    def open(self) -> None:
        pass

    def load(self) -> None:
        pass

    def check(self) -> None:
        pass

    def audit(self) -> None:
        pass


class Broken(Fault):
    """A fault that remembers whether it was ended; it may fail to start."""

    name = "broken"
    undo = (UNDO,)
    stopped = 0
    refusal: Exception | None = None

    def inject(self, _: System) -> None:
        if self.refusal:
            raise self.refusal

    def confirm(self, system: System) -> Confirmation:
        raise AssertionError(system)

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class Story:
    """One arm that is about to be held with everything around the frame replaced."""

    folder: Path
    stack: Stack
    fault: Broken

    def run_drill(self) -> Any:
        system: Any = Still()
        system.__dict__.update(
            stack=self.stack,
            runbook=runbook.load(RUNBOOK),
            time_scale=60.0,
            redact=str,
            say=lambda _: None,
            suite=Suite(),
        )
        system.target = type(
            "Target", (), {"front_url": "http://127.0.0.1:1", "prometheus_url": "http://127.0.0.1:1"}
        )()
        scenario = Scenario("5.1", lambda: self.fault, CALM, SIGN, restart_after_recovery="backend")
        return frame.run_drill(scenario, Arm.DOCUMENTED, cast("System", system), self.folder)

    def verdict(self) -> str:
        return str(json.loads((self.folder / "verdict.json").read_text())["verdict"])


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    for name in ("Traffic", "AlertMonitor", "Account"):
        monkeypatch.setattr(frame, name, Still)
    for name in PHASES:
        monkeypatch.setattr(phases, name, lambda *_: None)
    monkeypatch.setattr(frame, "last", lambda _: None)
    return Story(tmp_path / "drill", Stack(), Broken())


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("phase", PHASES)
def test_interrupt_in_a_phase_leaves_nothing_behind(phase: str, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, phase, interrupt)
    with pytest.raises(KeyboardInterrupt):
        story.run_drill()
    assert (story.fault.stopped, story.stack.healed) == (1, 1)
    assert UNDO in story.stack.typed
    assert read(story.folder).of(Residue)[-1].items == ()
    assert story.verdict() == Verdict.UNKNOWN


@pytest.mark.parametrize("part", ["last", "tear_down"])
def test_verdict_that_was_reached_survives_an_interrupt(
    part: str, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The durability and the clearing up come after the judgement of what was seen, so they cannot take it away."""
    monkeypatch.setattr(phases, "recover", lambda run, *_: run.record.milestone("recovered"))
    monkeypatch.setattr(frame, part, interrupt)
    with pytest.raises(KeyboardInterrupt):
        story.run_drill()
    assert story.verdict() == Verdict.UNKNOWN


@pytest.mark.parametrize("refusal", [SandboxError("no such container"), WaitTimeout("no such container after 40 s")])
def test_fault_that_cannot_be_started_is_a_verdict_with_its_reason(
    refusal: Exception, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.fault.refusal = refusal
    monkeypatch.setattr(phases, "inject", _inject)
    found = story.run_drill()
    assert found.verdict is Verdict.UNKNOWN
    assert "no such container" in found.reason
    assert (story.fault.stopped, story.stack.healed) == (1, 1)


def test_stack_that_cannot_be_healed_keeps_its_verdict_and_tells(story: Story) -> None:
    story.stack.heals = False
    story.run_drill()
    (item,) = read(story.folder).of(Residue)[-1].items
    assert item == "the stack could not be healed: the backend stays unhealthy"
    assert (story.folder / "verdict.json").is_file()


def test_fault_that_cannot_be_ended_does_not_keep_the_stack_from_being_healed(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise RuntimeError("the integration does not end")

    monkeypatch.setattr(story.fault, "stop", refuse)
    story.run_drill()
    assert story.stack.healed == 1
    assert "the integration does not end" in read(story.folder).of(Residue)[-1].items[0]


def _inject(run: Run) -> None:
    run.fault.inject(run.system)
