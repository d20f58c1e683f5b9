"""A system that promises nothing can lose nothing; where it promises something, the audit has to count it."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import pytest

from drills.drill.arm.head import head
from drills.drill.arm.run import DrillStopped
from drills.drill.loss_audit import Audit, AuditError, RequestAudit, requests
from drills.drill.phases import teardown
from drills.load.ledger import Promise, Row
from drills.record.events import End, Loss
from drills.record.events import Ledger as LedgerEvent
from drills.record.history import History
from drills.record.verdicts import Arm, Verdict
from tests.helpers.histories import audited, documented, drop, judged, ledger, put
from tests.helpers.losses import ends, losses
from tests.helpers.runs import QuietFault, SilentTraffic, a_run, a_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from drills.drill.arm.run import Run
    from drills.record.judge import Judgement

SYSTEM: Any = SimpleNamespace()
READ = Row(t=1, at=1, client="u1", request="r", op="GET /", method="GET", route="/", status=200, ok=True, ms=1)
SESSIONS, REQUESTS = losses()[2], losses()[-1]


def account(*lost: dict[str, Any], **counts: int) -> Judgement:
    return judged(put(drop(documented(), "ledger"), audited(list(lost), ends(**counts))))


def test_where_nothing_is_promised_nothing_can_be_lost() -> None:
    found = account(REQUESTS | {"count": 3}, requests_failed=3)
    assert found.verdict is Verdict.CONFIRMED
    assert "promises its clients nothing that can be lost" in found.reason


def test_promise_that_was_not_counted_is_no_zero() -> None:
    found = account(SESSIONS | {"count": None}, REQUESTS)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "the ledger could not count sessions lost")


def test_promised_sessions_that_no_client_held_are_unknown() -> None:
    found = judged(put(drop(documented(), "ledger"), ledger({"sessions": 0})))
    assert (found.verdict, found.reason) == (
        Verdict.UNKNOWN,
        "the clients held no sessions, so none could be missed",
    )


def test_promise_that_was_broken_is_a_loss() -> None:
    found = account(SESSIONS | {"count": 2}, REQUESTS, sessions=2)
    assert found.verdict is Verdict.CONFIRMED_WITH_LOSS
    assert "at the cost of 2 sessions lost" in found.reason


def test_failed_requests_are_all_that_is_known_of_plain_requests() -> None:
    with RequestAudit(SYSTEM) as nothing:
        nothing.open()
        assert nothing.audit((), 0.0) == Audit((), ())
    found = requests([READ, replace(READ, ok=False, status=500), READ])
    assert found.losses == (Loss(kind="requests failed", count=1, of=3, promised=False),)
    assert [(end.count, end.loss) for end in found.ends] == [(2, None), (1, "requests failed")]


def test_acknowledged_things_that_no_audit_asks_for_are_no_zero() -> None:
    with pytest.raises(AuditError, match="audit of the 1 things that the system acknowledged"):
        RequestAudit(SYSTEM).audit([Promise("a", "done")], 0.0)


class Burst(QuietFault):
    """A fault whose own client was acknowledged one job, and one that the traffic's clients have, too."""

    def acknowledged(self) -> tuple[Promise, ...]:
        return Promise("b", "done"), Promise("a", "done")


class Answered(SilentTraffic):
    """Traffic of two answers, one of which promised a job."""

    def rows(self) -> list[Row]:
        return [replace(READ, t=1e9, acknowledged="a", deserves="done"), replace(READ, t=1e9, ok=False)]


class Counting:
    """An audit that finds one job lost, and keeps what it was asked."""

    promised = ("jobs lost",)
    settle_s = 0.0

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], float]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def open(self) -> None:
        pass

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:
        self.asked.append((tuple(promise.id for promise in promises), acted_at))
        lost = Loss(kind="jobs lost", count=1, of=2, promised=True)
        return Audit((lost,), (End(what="jobs", end="missing", count=1, loss="jobs lost"),), ("b",))


class Hanging(Counting):
    """An audit that waits for what the fault holds."""

    def __init__(self) -> None:
        super().__init__()
        self.released = Event()

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:
        self.released.wait(20)
        return super().audit(promises, acted_at)


class Refusing(Counting):
    """An audit that cannot be done."""

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:
        raise AuditError(f"{len(promises)} jobs, and no answer since {acted_at:.0f}")


def run_of(folder: Path, arm: Arm = Arm.DOCUMENTED) -> Run:
    return replace(a_run(folder, a_scenario(Burst(), original=Verdict.REFUTED), arm=arm), traffic=Answered(folder))


def written(run: Run, audit: Counting, *, recovered: bool = True) -> LedgerEvent:
    with run.record:
        run.record.write("drill", t=0.0, **head(run))
        run.record.milestone("acted")
        if recovered:
            run.record.milestone("recovered")
        teardown.audit(run, audit)
    (found,) = History(run.record.events).of(LedgerEvent)
    return found


def test_audit_is_asked_for_each_promise_once_and_since_when(tmp_path: Path) -> None:
    audit = Counting()
    found = written(run_of(tmp_path), audit)
    ((promises, acted_at),) = audit.asked
    assert promises == ("a", "b")
    assert acted_at == pytest.approx(time.time(), abs=5.0)
    assert [(loss.kind, loss.count, loss.promised) for loss in found.losses] == [
        ("jobs lost", 1, True),
        ("requests failed", 1, False),
    ]
    assert [(end.what, end.count) for end in found.ends] == [("jobs", 1), ("requests", 1), ("requests", 1)]
    assert found.unfinished == ("b",)


@pytest.mark.parametrize(("arm", "recovered"), [(Arm.PLACEBO, True), (Arm.DOCUMENTED, False), (Arm.ORIGINAL, False)])
def test_what_the_fault_still_holds_is_not_waited_for(tmp_path: Path, arm: Arm, *, recovered: bool) -> None:
    """The kinds that were promised are there, and none of them is called zero."""
    audit = Counting()
    found = written(run_of(tmp_path, arm), audit, recovered=recovered)
    assert audit.asked == []
    assert [(loss.kind, loss.count) for loss in found.losses] == [("jobs lost", None), ("requests failed", 1)]


def test_an_audit_that_hangs_stops_the_drill_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teardown, "ANSWER_S", 0.1)
    audit, began = Hanging(), time.monotonic()
    with pytest.raises(DrillStopped, match=r"expected the audit to end within 0.1 s, and it went on; next: look in"):
        written(run_of(tmp_path), audit)
    assert time.monotonic() - began < 10
    audit.released.set()


def test_an_audit_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    with pytest.raises(DrillStopped, match="the ledger could not be audited: 2 jobs, and no answer"):
        written(run_of(tmp_path), Refusing())
