"""The student with the stale page returns when the block is over, and not before."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from scenarios.faults import ip_blocking_triggered
from scenarios.faults.ip_blocking_triggered import IpBlockingTriggered

if TYPE_CHECKING:
    from drills import System

SHORT_S = 0.05
LIMIT_S = 10.0


class Campus:
    """Counts how often its address was blocked; each block lasts for *block_s*."""

    def __init__(self, block_s: float, *errors: Exception) -> None:
        self.blocks = 0
        self.blocked_again = threading.Event()
        self._block_s = block_s
        self._errors = list(errors)

    def block(self, _: System) -> None:
        self.blocks += 1
        if self.blocks > 1 and self._errors:
            raise self._errors.pop()
        if self.blocks > 1:
            self.blocked_again.set()

    def block_s(self, _: System) -> float:
        return self._block_s


def begun(system: System, campus: Campus, monkeypatch: pytest.MonkeyPatch) -> IpBlockingTriggered:
    monkeypatch.setattr(ip_blocking_triggered, "block", campus.block)
    monkeypatch.setattr(ip_blocking_triggered, "block_s", campus.block_s)
    monkeypatch.setattr(ip_blocking_triggered, "RETRY_S", SHORT_S)
    fault = IpBlockingTriggered()
    fault.inject(system)
    return fault


@pytest.mark.parametrize("errors", [(), ip_blocking_triggered.NOTHING_ANSWERS[1:]], ids=["answers", "no answer"])
def test_address_is_blocked_again_as_soon_as_its_block_is_over(
    errors: tuple[type[Exception], ...], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    campus = Campus(SHORT_S, *(error("none") for error in errors))
    fault = begun(system, campus, monkeypatch)
    assert campus.blocked_again.wait(LIMIT_S)
    assert all(thread.is_alive() for thread in fault.background_threads())
    fault.stop()
    assert not any(thread.is_alive() for thread in fault.background_threads())


def test_block_that_still_lasts_is_not_renewed_and_the_student_stops_at_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    campus = Campus(3600.0)
    fault = begun(system, campus, monkeypatch)
    fault.stop()
    fault.stop()
    assert campus.blocks == 1
