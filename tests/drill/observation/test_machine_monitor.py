"""What others took of the machine is recorded, but not where a sandbox's own part of it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from drills.common.waiting import wait_until
from drills.drill.observation import machine_monitor
from drills.drill.observation.machine_monitor import MachineMonitor
from drills.sandbox.machine import cores

if TYPE_CHECKING:
    from drills.record.recorder import Recorder

Look = tuple[float, dict[str, float]]
WHOLE = {"processes": 5.0, "a sandbox": 700.0}


class Written:
    """Keeps what would be recorded."""

    def __init__(self) -> None:
        self.others: list[float] = []

    def write(self, kind: str, **facts: Any) -> None:
        assert kind == "machine"
        self.others.append(facts["others"])


def watched(monkeypatch: pytest.MonkeyPatch, *looks: Look) -> list[float]:
    """Return what is recorded of others while the machine is looked at like this."""
    left, record = list(looks), Written()
    monkeypatch.setattr(machine_monitor, "EVERY_S", 0.01)
    monkeypatch.setattr(machine_monitor, "computed_s", lambda _: left[0][0])
    monkeypatch.setattr(machine_monitor, "own_s", lambda _: left.pop(0)[1] if len(left) > 1 else left[0][1])
    with MachineMonitor(cast("Recorder", record), root=1):
        wait_until(
            lambda: len(left), done=lambda n: n == 1, deadline_s=10.0, expected="every look", where="", next_step=""
        )
    return record.others


@pytest.mark.parametrize(
    ("more", "own", "others"),
    [(1000.0, {"processes": 5.0, "a sandbox": 700.0}, cores()), (100.0, {"processes": 5.0, "a sandbox": 800.0}, 0.0)],
    ids=["others'", "own"],
)
def test_others_take_what_is_not_the_runs_own(
    more: float, own: dict[str, float], others: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = watched(monkeypatch, (0.0, WHOLE), (more, own), (more, own))
    assert first == others


def test_sandbox_that_could_not_be_asked_is_not_taken_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does all that it ever computed hide others, once it can be asked again."""
    gone, back = (10.0, {"processes": 5.0}), (1000.0, WHOLE)
    first, *_ = watched(monkeypatch, (0.0, WHOLE), gone, back, (2000.0, WHOLE), (2000.0, WHOLE))
    assert first == cores()
    assert set(watched(monkeypatch, (0.0, WHOLE), gone, back)) <= {0.0}
