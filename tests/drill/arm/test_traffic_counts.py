"""What the record says of the traffic, counted request by request."""

from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

import pytest

from drills.drill.arm import prepared as under_test
from drills.drill.arm.head import head
from drills.drill.arm.listener import Listener
from drills.drill.arm.prepared import _Ticker, prepared
from drills.load.traffic import Counts
from drills.record.history import History
from drills.record.measurements import Traffic as TrafficEvent
from drills.record.verdicts import Arm
from drills.runbook.model import Quantity
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import A_RUN, QuietFault, SilentTraffic, TypedStack, a_run, a_scenario, a_system

COUNTED = (Counts(8, 0, 0), Counts(15, 1, 0), Counts(15, 3, 2))


class Counted(SilentTraffic):
    """Traffic that goes on as COUNTED says, from one look to the next."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.flows = True
        self._counts = chain(COUNTED, repeat(COUNTED[-1]))

    def counts(self) -> Counts:
        return next(self._counts)


def test_each_traffic_event_counts_from_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "TRAFFIC_EVERY_S", 0.0)
    run = a_run(tmp_path)
    run = replace(run, traffic=Counted(tmp_path))
    with run.record:
        run.record.write("drill", t=0.0, **head(run))
        ticker = _Ticker(run.traffic, run.record, Listener())
        for _ in COUNTED:
            ticker.tick(0.0, "inactive")
    seen = [(event.sent, event.failed, event.slow) for event in History(run.record.events).of(TrafficEvent)]
    assert seen == [(8, 0, 0), (7, 1, 0), (0, 2, 2)]


@pytest.mark.parametrize("cause", ["2.1", "5.1"])
def test_slow_is_what_the_runbook_says_of_the_response_time(tmp_path: Path, cause: str) -> None:
    """The traffic knows it before it starts, whatever the incident's own alert measures."""
    documented = [m.target.value for m in OWN_RUNBOOK.metrics if m.quantity is Quantity.RESPONSE_TIME_P95]
    system = a_system(TypedStack(tmp_path, {}))
    run = prepared(a_scenario(QuietFault(), cause), Arm.DOCUMENTED, system, tmp_path, Listener(), A_RUN)
    assert [run.traffic.slow_s] == documented
