"""The spike is one that a tighter limit keeps out in part, and a limit that keeps nobody out is no solution."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from drills import runbook
from drills.drill import phases, recovery
from drills.drill.scenario import Confirmation
from drills.record.verdicts import Arm
from scenarios.faults import backlog, crew, settings
from scenarios.faults.spike import MINUTE_S, REFUSED, Spike
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.drill.run import Run
    from drills.drill.system import System
    from load.upload_burst import UploadBurst

SHIPPED = 5
SITE = cast(
    "System",
    SimpleNamespace(runbook=runbook.load(RUNBOOK), stack=SimpleNamespace(sandbox=SimpleNamespace(check_output=str))),
)


class Observation(Spike):
    """A spike whose students are looked at."""

    @property
    def load_rps(self) -> float:
        return self._rate_rps

    def addresses(self) -> Iterator[str]:
        return self._students

    def told(self, refused: int) -> None:
        self._rush = cast("UploadBurst", SimpleNamespace(refused=refused))


@pytest.fixture
def spike(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Observation:
    monkeypatch.setattr(settings, "change", lambda *_, **__: None)
    monkeypatch.setattr(settings, "apply", lambda *_: None)
    monkeypatch.setattr(settings, "value", lambda *_: str(SHIPPED))
    monkeypatch.setattr(crew, "too_much_rps", lambda _: float(request.param))
    found = Observation()
    found.prepare(SITE)
    return found


def refused(uploads: list[str], allowed: int) -> int:
    """How many of the uploads of a minute a limit keeps out."""
    return sum(max(0, count - allowed) for count in Counter(uploads).values())


@pytest.mark.parametrize("spike", [1, 4, 9, 30], indirect=True)
def test_limit_as_shipped_lets_all_of_a_minute_in(spike: Observation) -> None:
    in_a_minute = int(backlog.threshold(SITE) * backlog.OVERFILL + spike.load_rps * MINUTE_S)
    assert refused([next(spike.addresses()) for _ in range(in_a_minute)], SHIPPED) == 0


@pytest.mark.parametrize("turned_after", range(8))
@pytest.mark.parametrize("spike", [9], indirect=True)
def test_half_of_the_limit_keeps_some_out_at_once_even_when_the_minute_has_just_turned(
    spike: Observation, turned_after: int
) -> None:
    for _ in range(turned_after):
        next(spike.addresses())
    next_seconds = [next(spike.addresses()) for _ in range(int(4 * spike.load_rps))]
    assert refused(next_seconds, SHIPPED // 2) >= REFUSED


@pytest.mark.parametrize("spike", [9], indirect=True)
def test_nobody_refused_is_no_answer_to_the_spike(spike: Observation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog.Backlog, "inject", lambda self, _: self.told(7))
    spike.inject(SITE)
    spike.told(7 + REFUSED - 1)
    assert not spike.solution_applied(SITE).ok
    spike.told(7 + REFUSED)
    assert spike.solution_applied(SITE).ok


def verified(answer: Confirmation | None, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(phases, "await_health", lambda *_: None)
    run = SimpleNamespace(
        arm=Arm.ORIGINAL,
        system=SITE,
        fault=SimpleNamespace(solution_applied=lambda _: answer),
        incident=SimpleNamespace(verification=()),
        record=SimpleNamespace(write=lambda kind, **facts: written.append({"kind": kind, **facts})),
        phase=lambda *_: nullcontext(),
        patience=nullcontext,
    )
    recovery.verify(cast("Run", run))
    return written


@pytest.mark.parametrize("ok", [True, False])
def test_what_the_fault_was_answered_is_judged_like_a_part_that_is_to_serve_again(
    monkeypatch: pytest.MonkeyPatch, *, ok: bool
) -> None:
    (found,) = verified(Confirmation(ok, "limit of uploads", "some kept out", "none kept out"), monkeypatch)
    assert (found["kind"], found["after"], found["ok"]) == ("check", "recover", ok)
    assert found["name"] == "limit of uploads"
    assert found["seen"] == ("none kept out" if ok else "none kept out, not some kept out")


def test_fault_that_the_metric_alone_tells_of_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verified(None, monkeypatch) == []
