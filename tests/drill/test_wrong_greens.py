"""Wrong greens that a drill once gave, each kept as what fooled it; those of the judge are with the record's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.lifecycle import _times
from drills.record.verdicts import Arm
from tests.drill.test_frame import LIMITS, run
from tests.drill.test_watch import HOUR_S, OTHER, Clock, alert_monitor, clock, record, take  # noqa: F401

if TYPE_CHECKING:
    from drills.drill.alert_monitor import AlertMonitor
    from drills.record.recorder import Recorder


def test_documented_watch_leaves_room_for_a_whole_hold() -> None:
    assert _times(run(arm=Arm.DOCUMENTED), None)[1] >= LIMITS.recover_s + LIMITS.sustain_s


def test_unknown_alert_is_not_quiet(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:  # noqa: F811
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states={})
    assert alert_monitor.quiet_for_s() < 60.0


def test_missing_alert_is_not_quiet(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:  # noqa: F811
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states={OTHER: "inactive"})
    assert alert_monitor.quiet_for_s() < 60.0


def test_quiet_does_not_grow_without_looks(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:  # noqa: F811
    take(alert_monitor, record)
    clock.skipped_s = HOUR_S
    assert alert_monitor.quiet_for_s() < 60.0
