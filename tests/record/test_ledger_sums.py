"""A ledger's losses follow from its ends, and what it lost follows from neither's being left out."""

from __future__ import annotations

from typing import Any

import pytest

from drills.record.verdicts import Verdict
from tests.helpers.histories import AUDITED, END, audited, documented, drop, event, judged, ledger, put, traffic
from tests.helpers.losses import KINDS, ends, losses

BEFORE = "jobs failed before the first command"


def told(lost: list[dict[str, Any]], ended: list[dict[str, Any]]) -> tuple[Verdict, str]:
    found = judged(put(drop(documented(), "ledger"), event("ledger", AUDITED, losses=lost, ends=ended)))
    return found.verdict, found.reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_that_its_ends_do_not_show_is_no_count(kind: str) -> None:
    verdict, reason = told(losses(), ends(**{kind: 3}))
    assert verdict is Verdict.UNKNOWN
    assert f"the ledger counts 0 {KINDS[kind]}, and by the ends it has there are 3" in reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_an_end_is_no_count(kind: str) -> None:
    verdict, reason = told(losses(), [end for end in ends() if end["loss"] != KINDS[kind]])
    assert verdict is Verdict.UNKNOWN
    assert f"the ledger counts 0 {KINDS[kind]}, and has no end that is one" in reason


def test_ends_add_up_to_what_was_held() -> None:
    verdict, reason = told(losses({"jobs": 131}), ends())
    assert (verdict, "jobs lost of 131, and has the ends of 130" in reason) == (Verdict.UNKNOWN, True)


def test_an_end_is_counted_as_the_loss_that_it_is() -> None:
    verdict, reason = told(losses()[1:], ends(jobs=2))
    assert (verdict, "and does not count jobs lost" in reason) == (Verdict.UNKNOWN, True)


def test_a_kind_is_counted_once() -> None:
    verdict, reason = told([*losses(), losses()[0]], ends())
    assert (verdict, "the ledger counts jobs lost 2 times" in reason) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize(("failed", "verdict"), [(3, Verdict.CONFIRMED), (2, Verdict.UNKNOWN)])
def test_the_ledger_has_every_request_that_the_traffic_saw_fail(failed: int, verdict: Verdict) -> None:
    rates = [each | {"failed": 1 if each["t"] < 4 else 0} for each in traffic(1.0, END)]
    story = put(drop(drop(documented(), "traffic"), "ledger"), *rates, ledger(requests_failed=failed))
    assert judged(story).verdict is verdict


def test_the_incidents_own_damage_is_told_and_costs_nothing() -> None:
    """A job that was given up before anything was tried is no loss of the solution."""
    mine = {"kind": BEFORE, "count": 4, "of": 134, "promised": False}
    ended = [*ends(), {"what": "jobs", "end": "failed otherwise", "count": 4, "loss": BEFORE}]
    verdict, reason = told([*losses({"jobs": 134, "rows": 134}), mine], ended)
    assert verdict is Verdict.CONFIRMED
    assert reason.endswith(f"nothing acknowledged was lost; the incident itself cost 4 {BEFORE}")


def test_an_account_needs_no_kind_that_the_engine_knows() -> None:
    lost: list[dict[str, Any]] = [{"kind": "letters burnt", "count": 2, "of": 9, "promised": True}, losses()[-1]]
    ended: list[dict[str, Any]] = [
        {"what": "letters", "end": "burnt", "count": 2, "loss": "letters burnt"},
        {"what": "letters", "end": "delivered", "count": 7, "loss": None},
        *ends(),
    ]
    found = judged(put(drop(documented(), "ledger"), audited(lost, ended)))
    assert found.verdict is Verdict.CONFIRMED_WITH_LOSS
    assert found.reason.endswith("at the cost of 2 letters burnt")
