"""The console shows each phase in a line, and every listener is told of every event."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, get_args

import pytest

from drills.drill.arm.head import head
from drills.drill.arm.listener import EVERY_S, Console, Listener, Listeners, Phase
from drills.drill.arm.run import DrillStopped
from drills.drill.lifecycle import run_arm
from drills.record.judge import Judgement
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm, Verdict
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import QuietFault, a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook.model import Command
    from drills.sandbox.terminal import Ran

ALERT = OWN_RUNBOOK.incident(5).alert
PHASES: tuple[Phase, ...] = get_args(Phase)


class Heard(Listener):
    """Remembers the phases and the commands."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def phase_began(self, phase: Phase, at_most_s: float) -> None:
        self.events.append(f"{phase} begins" if at_most_s >= 0 else "no time")

    def phase_ended(self, phase: Phase, error: BaseException | None) -> None:
        self.events.append(f"{phase} ends: {error}")

    def command_ran(self, command: Command, ran: Ran) -> None:
        self.events.append(f"{command.text}: {ran.output}")

    def arm_judged(self, judgement: Judgement) -> None:
        self.events.append(str(judgement.verdict))


def console(columns: int | None = None, incident: int = 5) -> tuple[Console, list[str]]:
    lines: list[str] = []
    watched, drilled = Console(lines.append, columns), OWN_RUNBOOK.incident(incident)
    watched.arm_began("5.1", Arm.DOCUMENTED, OWN_RUNBOOK.target(drilled), drilled.alert.threshold)
    return watched, lines


def test_a_line_says_drill_phase_metric_limits_alert_and_time() -> None:
    watched, lines = console()
    watched.phase_began("teardown", 30.0)
    watched.metric_seen(12.0, "inactive")
    assert lines[0].startswith("5.1 documented │ teardown   │ 12 connections (alert >= 50 connections, target ")
    assert lines[0].endswith("│ inactive │ 0 s, 30 s left at most")


def test_value_and_limits_have_one_unit() -> None:
    watched, lines = console(incident=1)
    watched.metric_seen(0.41, "firing")
    assert "│ 41 % (alert > 5 %, target < 1 %) │" in lines[0]


@pytest.mark.parametrize("incident", [incident.id for incident in OWN_RUNBOOK.incidents])
def test_value_and_limits_have_one_unit_in_every_incident(incident: int) -> None:
    watched, lines = console(incident=incident)
    target = OWN_RUNBOOK.target(OWN_RUNBOOK.incident(incident))
    watched.metric_seen(target.value, "inactive")
    shown, _, limits = lines[0].split(" │ ")[2].partition(" (")
    assert limits.endswith(f"{shown})")
    assert f"{shown.partition(' ')[2]}, target " in limits


def test_the_clock_begins_with_the_arm_and_not_with_the_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("drills.drill.arm.listener.time.monotonic", lambda: now)
    watched, lines = console()
    now = 1060.0
    watched.phase_began("detect", 30.0)
    now = 1070.0
    watched.metric_seen(1.0, "inactive")
    assert lines[0].endswith("│ 70 s, 20 s left at most")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120])
def test_no_line_is_longer_than_the_terminal(columns: int) -> None:
    watched, lines = console(columns, incident=6)
    for phase in PHASES:
        watched.phase_began(phase, 1.0)
        watched.metric_seen(0.5, "inactive")
    watched.arm_judged(Judgement(Verdict.REFUTED, "the metric was not at its target within the documented time"))
    assert max(map(len, lines)) <= columns
    assert "".join(lines).replace(" ", "").endswith("documentedtime")


def test_a_narrow_terminal_shows_phase_value_state_and_time() -> None:
    watched, lines = console(40, incident=1)
    watched.phase_began("detect", 30.0)
    watched.metric_seen(0.41, "firing")
    assert lines == ["5.1 documented detect 41 % firing 0 s"]


@pytest.mark.parametrize("arm", Arm)
def test_columns_are_in_line_for_every_phase_and_arm(arm: Arm) -> None:
    watched, lines = console()
    watched.arm_began("5.1", arm, ALERT.threshold, ALERT.threshold)
    for phase in PHASES:
        watched.phase_began(phase, 1.0)
        watched.metric_seen(None, "inactive")
    columns = {tuple(index for index, sign in enumerate(line) if sign == "│")[:2] for line in lines}
    assert len(lines) == len(PHASES)
    assert columns == {(15, 28)}


def test_no_data_is_told() -> None:
    watched, lines = console()
    watched.metric_seen(None, "inactive")
    assert "no data" in lines[0]


def test_the_metric_is_printed_every_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    watched, lines = console()
    watched.phase_began("quiet", 30.0)
    now = 1000.0
    monkeypatch.setattr("drills.drill.arm.listener.time.monotonic", lambda: now)
    for now in (1000.0, 1000.5, 1000.0 + EVERY_S):  # noqa: B007 - the clock reads it
        watched.metric_seen(1.0, "inactive")
    assert len(lines) == 2


def test_the_verdict_is_the_last_line() -> None:
    watched, lines = console()
    watched.arm_judged(Judgement(Verdict.CONFIRMED, "it held"))
    assert lines == ["5.1 documented │ CONFIRMED: it held"]


def test_every_listener_is_told_in_its_order() -> None:
    first, second = Heard(), Heard()
    both = Listeners(first, second)
    both.phase_began("quiet", 1.0)
    both.phase_ended("quiet", None)
    both.arm_judged(Judgement(Verdict.REFUTED, "no"))
    assert first.events == second.events == ["quiet begins", "quiet ends: None", "REFUTED"]


def test_every_event_of_the_protocol_is_passed_on() -> None:
    events = {name for name in vars(Listener) if not name.startswith("_")}
    assert events <= set(vars(Listeners))


def test_a_phase_that_fails_is_told_with_its_error(tmp_path: Path) -> None:
    heard = Heard()
    run = a_run(tmp_path, listener=heard)
    with suppress(DrillStopped), run.phase("detect", 1.0):
        raise DrillStopped("no alert")
    assert heard.events == ["detect begins", "detect ends: no alert"]


def test_a_command_is_told_without_its_secrets(tmp_path: Path) -> None:
    heard = Heard()
    run = a_run(tmp_path, listener=heard, redact=lambda text: text.replace("s3cret", "***"))
    run.record.write("drill", t=0.0, **head(run))
    run.type_line("login s3cret", "verify")
    assert heard.events == ["login ***: printed"]


def test_an_arm_ends_with_its_teardown_and_its_verdict(tmp_path: Path) -> None:
    heard = Heard()
    unknown = Symptom("no such command", "x", SymptomChange.APPEARS)  # the drill stops before its first phase
    run_arm(a_run(tmp_path, a_scenario(QuietFault(), symptom=unknown), listener=heard))
    assert heard.events[-3:] == ["teardown begins", "teardown ends: None", "UNKNOWN"]
