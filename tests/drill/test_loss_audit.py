"""A system that promises nothing can lose nothing; where it promises something, the audit has to count it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from drills.drill.loss_audit import AuditError, RequestAudit
from drills.load.ledger import Row
from drills.record.judge import Judgement
from drills.record.verdicts import Verdict
from tests.helpers.histories import AUDITED, NO_LOSSES, documented, drop, event, judged, put

SYSTEM: Any = SimpleNamespace()
READ = Row(t=1, at=1, client="u1", request="r", op="GET /", method="GET", route="/", status=200, ok=True, ms=1)


def audited(**facts: Any) -> Judgement:
    return judged(put(drop(documented(), "ledger"), event("ledger", AUDITED, unfinished=[], **facts)))


def test_where_nothing_is_promised_nothing_can_be_lost() -> None:
    found = audited(losses={"requests_failed": 3}, promises=[])
    assert found.verdict is Verdict.CONFIRMED
    assert "promises its clients nothing that can be lost" in found.reason


def test_promise_that_was_not_counted_is_no_zero() -> None:
    found = audited(losses={"requests_failed": 0}, promises=["rows"])
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "the ledger could not count rows")


def test_promised_sessions_that_no_client_held_are_unknown() -> None:
    found = audited(losses=NO_LOSSES, promises=["sessions"], acknowledged={"jobs": 4})
    assert (found.verdict, found.reason) == (
        Verdict.UNKNOWN,
        "the clients held no sessions, so none could be missed",
    )


def test_promise_that_was_broken_is_a_loss() -> None:
    found = audited(losses=NO_LOSSES | {"sessions": 2}, promises=["sessions"], acknowledged={"sessions": 4})
    assert found.verdict is Verdict.CONFIRMED_WITH_LOSS


def test_failed_requests_are_all_that_is_known_of_plain_requests() -> None:
    with RequestAudit(SYSTEM) as account:
        account.open()
        found = account.audit([READ, replace(READ, ok=False, status=500)], ())
    assert (found.losses, found.promises) == ({"requests_failed": 1}, ())


@pytest.mark.parametrize(("rows", "others"), [([replace(READ, acknowledged="a")], ()), ([READ], ("b",))])
def test_acknowledged_things_that_no_audit_asks_for_are_no_zero(rows: list[Row], others: tuple[str, ...]) -> None:
    with pytest.raises(AuditError, match="audit of the 1 things that the system acknowledged"):
        RequestAudit(SYSTEM).audit(rows, others)
