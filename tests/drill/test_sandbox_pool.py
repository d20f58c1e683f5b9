"""A booted stack is used once Prometheus has found its services; an alert that stays active is left to the drill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill import sandbox_pool
from tests.helpers.fake_system import fake_system

if TYPE_CHECKING:
    from tests.helpers.fake_system import Asked, Reply

DEADLINE_S = 0.5


def calmed(monkeypatch: pytest.MonkeyPatch, *states: str) -> tuple[int, list[str]]:
    """Return the number of requests to a Prometheus that answers *states* in turn, and what was printed."""
    monkeypatch.setattr(sandbox_pool, "CALM_DEADLINE_S", DEADLINE_S)
    left, said = list(states), list[str]()

    def rules(_: Asked) -> Reply:
        rule = {"name": "ServiceDown", "state": left.pop(0) if len(left) > 1 else left[0]}
        return 200, {"status": "success", "data": {"groups": [{"rules": [rule]}]}}

    with fake_system({"GET /api/v1/rules": rules}) as prometheus:
        sandbox_pool.await_calm(prometheus.url, said.append)
        return len(prometheus.asked), said


def test_a_calm_stack_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calmed(monkeypatch, "inactive") == (1, [])


@pytest.mark.parametrize("active", ["pending", "firing"])
def test_an_alert_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch, active: str) -> None:
    assert calmed(monkeypatch, active, active, "inactive") == (3, [])


def test_an_alert_that_stays_is_told_and_left_to_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, said = calmed(monkeypatch, "firing")
    assert asked > 1
    assert "no active alert" in said[0]
    assert "firing" in said[0]
