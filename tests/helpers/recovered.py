"""A run after its recovery, whose metric goes bad again when the test says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from drills.drill.arm.limits import limits
from drills.drill.phases import durability as under_test
from drills.record.durability import durability
from drills.record.events import DurabilityStage
from drills.record.history import History
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import (
    RATE_RPS,
    STEP_S,
    TIME_SCALE,
    QuietFault,
    SilentTraffic,
    SteppedRecorder,
    SteppedRun,
    TypedStack,
    a_run,
    a_scenario,
    stepped,
)

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.system import System
    from drills.record.verdicts import Lasting
    from drills.sandbox.terminal import Ran

LIMITS = limits(OWN_RUNBOOK, OWN_RUNBOOK.incident(4), OWN_RUNBOOK.cause("4.1"), TIME_SCALE)
GOOD, BAD = LIMITS.target.value / 2, LIMITS.threshold.value * 2
START_S = 12.0
"""Seconds that a small worker was measured to need until it works; the limits under test have to be longer."""
TEN_START_S = 28.0
"""Seconds that ten of them need when they start together."""


@dataclass
class Acts:
    """The acts of the phase; *away* names those after which the metric is bad, and for how many seconds.

    *later* names those after which it is bad from so many seconds on, *blips* those with one bad sample after so many.
    """

    record: SteppedRecorder
    away: dict[str, float]
    seen: list[str] = field(default_factory=list)
    later: dict[str, float] = field(default_factory=dict)
    blips: dict[str, float] = field(default_factory=dict)

    def act(self, name: str) -> None:
        self.seen.append(name)
        self.record.bad_until_s = self.record.now + self.away.get(name, 0.0)
        if name in self.later:
            self.record.bad_again = (self.record.now + self.later[name], inf)
        if name in self.blips:
            blip_s = self.record.now + self.blips[name]
            self.record.bad_again = (blip_s, blip_s + STEP_S)


class Reapplied(QuietFault):
    def __init__(self, acts: Acts, queued_s: float, not_repeatable: str) -> None:
        super().__init__()
        self._acts = acts
        self._queued_s = queued_s
        self.not_repeatable = not_repeatable

    def worked_off(self, system: System) -> bool:  # noqa: ARG002
        return self._acts.record.now >= self._queued_s

    def reapply_load(self, system: System) -> None:  # noqa: ARG002
        self._acts.act("load")


class Restarted(TypedStack):
    def __init__(self, folder: Path, acts: Acts) -> None:
        super().__init__(folder, {})
        self._acts = acts

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        assert line == self.descriptor.restart_line("worker")
        self._acts.act("restart")
        return super().run(line, stdin=stdin, limit_s=limit_s)


@dataclass
class Recovered:
    """A run after its recovery."""

    folder: Path
    away: dict[str, float]
    state: str = "firing"
    sent_rps: float = RATE_RPS
    showed_s: float = 0.0
    queued_s: float = 0.0
    not_repeatable: str = ""
    lasting: Lasting | None = "cure"

    def __post_init__(self) -> None:
        self.record = SteppedRecorder(self.folder / "stepped", GOOD, BAD)
        self.acts = Acts(self.record, self.away)
        scenario = a_scenario(
            Reapplied(self.acts, self.queued_s, self.not_repeatable),
            "4.1",
            restart_after_recovery="worker",
            lasting=self.lasting,
        )
        run = a_run(self.folder, scenario, stack=Restarted(self.folder, self.acts))
        run.alert_monitor.state = self.state
        self.run: SteppedRun = stepped(run, self.record, second_traffic=SilentTraffic(self.folder, self.sent_rps))

        self.record.milestone("injected", t=0.0)
        self.record.milestone("firing", t=self.showed_s)

    def stages(self) -> list[DurabilityStage]:
        return History(self.record.events).of(DurabilityStage)

    def verdict(self) -> str:
        found = durability(History(self.record.events))
        assert found
        return found.verdict

    def lasts(self) -> str:
        under_test.durability(self.run)
        return self.verdict()
