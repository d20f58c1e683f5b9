"""An incident and its recovery last until the clients' counts tell a cure from chance, and never beyond a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.observation.alert_monitor import AlertMonitor
from drills.drill.phases import evidence
from drills.drill.phases.evidence import AFTER_S, BEFORE_S, MANY, USUAL_S
from drills.record import evidence_strength
from drills.record.evidence_strength import CHANCE, EvidenceStrength
from tests.helpers.runs import RATE_RPS, STEP_S, QuietFault, SteppedRecorder, SteppedRun, a_run, a_scenario, stepped

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.history import History

ERROR_RATE, P95, POOL, SIGN_IN = "1.1", "2.1", "5.1", "7.1"
SENT = int(RATE_RPS * STEP_S)


class Counted(SteppedRecorder):
    """A record that counts as many requests as the profile sends at each step, *failed* and *slow* ones among them."""

    failed = slow = 0

    def step(self) -> None:
        super().step()
        rates = {"intended_rps": RATE_RPS, "achieved_rps": RATE_RPS, "failed_rps": 0.0}
        self.write("traffic", **rates, sent=SENT, failed=self.failed, slow=self.slow)


def an_incident(folder: Path, cause: str, state: str = "firing", injected_s: float = 0.0) -> tuple[SteppedRun, Counted]:
    """Return a run whose fault has just been injected, and its record."""
    run = a_run(folder, a_scenario(QuietFault(), cause))
    record = Counted(folder / "stepped")
    monitor = AlertMonitor("http://127.0.0.1:1", run.incident, record, lambda _, __: None)
    monitor.state = state
    found = stepped(run, record, alert_monitor=monitor)
    record.at = injected_s
    record.milestone("injected")
    return found, record


def test_an_incident_that_meets_many_soon_is_left_alone_for_moments(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, ERROR_RATE)
    record.failed = SENT
    evidence.before(run)
    assert record.now == pytest.approx(-(-MANY // SENT) * STEP_S)


def test_an_incident_that_meets_few_is_left_alone_for_longer(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, SIGN_IN)
    record.failed = 1
    evidence.before(run)
    assert MANY * STEP_S <= record.now < BEFORE_S


def test_an_incident_that_meets_none_is_not_waited_for_longer_than_the_limit(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, ERROR_RATE)
    evidence.before(run)
    assert record.now == BEFORE_S


def test_failures_from_before_the_fault_do_not_count(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, ERROR_RATE, injected_s=2.0)
    record.write("traffic", t=1.0, intended_rps=8.0, achieved_rps=8.0, failed_rps=8.0, sent=50, failed=50, slow=0)
    evidence.before(run)
    assert record.now == 2.0 + BEFORE_S


def test_slow_requests_tell_of_slow_answers_and_failed_ones_do_not(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, P95)
    record.slow = SENT
    evidence.before(run)
    assert record.now < USUAL_S
    other, record = an_incident(tmp_path / "failed", P95)
    record.failed = SENT
    evidence.before(other)
    assert record.now == BEFORE_S


def test_a_gauge_needs_no_requests(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, POOL)
    evidence.before(run)
    assert record.now == 0.0


def test_an_alert_that_has_gone_quiet_is_waited_for(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, POOL, state="inactive")
    evidence.before(run)
    assert record.now == BEFORE_S


@pytest.mark.parametrize(
    ("p", "needed", "watched_s"),
    [(CHANCE / 2, True, 0.0), (CHANCE * 2, True, AFTER_S), (None, True, AFTER_S), (None, False, 0.0)],
)
def test_a_recovery_is_watched_until_chance_does_not_explain_it(
    p: float | None,
    needed: bool,  # noqa: FBT001
    watched_s: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(_: History) -> EvidenceStrength:
        return EvidenceStrength(needed=needed, p=p, failed_before=1, sent_before=1, failed_after=0, sent_after=1)

    monkeypatch.setattr(evidence_strength, "evidence_strength", found)
    run, record = an_incident(tmp_path, ERROR_RATE)
    evidence.after(run)
    assert record.now == watched_s


def test_without_a_recovery_nothing_is_watched_for_longer(tmp_path: Path) -> None:
    run, record = an_incident(tmp_path, ERROR_RATE)
    evidence.after(run)
    assert record.now == 0.0
