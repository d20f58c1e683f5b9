"""`quiet` and `recover` go on until metric and traffic are seen: a loaded machine delays both now and then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.drill.arm.run import DrillStopped
from drills.drill.observation.alert_monitor import AlertMonitor
from drills.drill.phases import instruments, second_channel
from drills.drill.phases.recovery import UNSEEN_S, recover
from drills.drill.phases.until_diagnosis import quiet
from drills.record.history import History
from drills.record.signal_quality import blind_reason, unseen_before
from tests.helpers.histories import AFTER, AT_LIMIT, RATE_RPS, event, samples, traffic
from tests.helpers.runs import Foretold, QuietFault, SteppedRun, a_run, a_scenario, stepped

if TYPE_CHECKING:
    from pathlib import Path

BEGAN_S = 10.0
WATCH_S = 10.0
HOLD_S = 2.0
LONG_S = 90.0
LIMIT: dict[str, Any] = {"op": "<", "value": AT_LIMIT, "text": "< 50"}


class LongQuiet(AlertMonitor):
    """A monitor that has seen no alert for long."""

    def quiet_for_s(self) -> float:
        return LONG_S


def a_run_with(folder: Path, *events: dict[str, Any]) -> SteppedRun:
    """Return a run whose last command has just been typed."""
    run = a_run(folder, a_scenario(QuietFault(), "6.1"))
    record = Foretold(folder / "stepped")
    target = replace(run.limits.target, **LIMIT)
    run = replace(run, limits=replace(run.limits, sustain_s=HOLD_S, target=target))
    found = stepped(
        run, record, alert_monitor=LongQuiet("http://127.0.0.1:1", run.incident, record, lambda _, __: None)
    )
    record.at = BEGAN_S
    record.milestone("resolved")
    for facts in sorted(events, key=lambda facts: float(facts["t"])):
        record.write(**facts)
    return found


@pytest.fixture(autouse=True)
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `quiet` reads of a stack at its end is tested where it is read."""
    monkeypatch.setattr(instruments, "record", lambda *_: None)
    monkeypatch.setattr(second_channel, "record_normal", lambda _: None)


def quiet_at(folder: Path, *events: dict[str, Any]) -> float:
    """Return when the quiet was over, in seconds of the record."""
    run = a_run_with(folder, *events)
    quiet(run)
    assert unseen_before(History(run.record.events), run.record.now) is None
    return run.record.now


def watched_at(folder: Path, *events: dict[str, Any]) -> tuple[float, str | None]:
    """Return when `recover` ended, and why the judge is blind at its end, if it is."""
    run = a_run_with(folder, *events)
    recover(run, WATCH_S)
    now = run.record.now
    return now, blind_reason(History(run.record.events), now - HOLD_S, now)


def test_quiet_ends_at_once_where_all_was_seen(tmp_path: Path) -> None:
    assert quiet_at(tmp_path, *samples(0.0, LONG_S, 0.0), *traffic(1.0, LONG_S)) == BEGAN_S


def test_quiet_goes_on_until_delayed_traffic_flows_again(tmp_path: Path) -> None:
    held_up_s = 12.0
    held_up = traffic(8.0, held_up_s, achieved_rps=RATE_RPS / 2)
    assert (
        quiet_at(tmp_path, *samples(0.0, LONG_S, 0.0), *traffic(1.0, 7.0), *held_up, *traffic(13.0, LONG_S)) > held_up_s
    )


def test_quiet_goes_on_until_the_metric_is_seen_again(tmp_path: Path) -> None:
    back_s = 15.0
    seen = (*samples(0.0, 6.0, 0.0), *samples(back_s, LONG_S, 0.0))
    assert quiet_at(tmp_path, *seen, *traffic(1.0, LONG_S)) >= back_s


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(samples(0.0, LONG_S, 0.0), id="no traffic"),
        pytest.param([*samples(0.0, LONG_S, 0.0), *traffic(1.0, LONG_S, RATE_RPS / 2)], id="too little traffic"),
        pytest.param(traffic(1.0, LONG_S), id="no metric"),
        pytest.param([event("sample", 9.0, value=None), *traffic(1.0, LONG_S)], id="a metric without a value"),
    ],
)
def test_quiet_stops_the_drill_where_metric_or_traffic_stays_unseen(seen: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(DrillStopped, match="to be seen"):
        quiet_at(tmp_path, *seen)


def test_recover_ends_in_time_where_its_end_was_seen(tmp_path: Path) -> None:
    assert watched_at(tmp_path, *samples(0.0, LONG_S, AT_LIMIT), *traffic(1.0, LONG_S)) == (BEGAN_S + WATCH_S, None)


def test_recover_goes_on_until_delayed_traffic_flows_again(tmp_path: Path) -> None:
    held_up = traffic(18.0, 21.0, achieved_rps=RATE_RPS / 2)
    now, why = watched_at(
        tmp_path, *samples(0.0, LONG_S, AT_LIMIT), *traffic(1.0, 17.0), *held_up, *traffic(22.0, LONG_S)
    )
    assert BEGAN_S + WATCH_S < now < BEGAN_S + WATCH_S + UNSEEN_S
    assert why is None


def test_recover_does_not_go_on_for_ever(tmp_path: Path) -> None:
    now, why = watched_at(tmp_path, *samples(0.0, LONG_S, AT_LIMIT))
    assert now == BEGAN_S + WATCH_S + UNSEEN_S
    assert why


def test_recover_waits_again_after_a_hold_under_too_little_traffic(tmp_path: Path) -> None:
    thin = traffic(8.0, 14.0, achieved_rps=RATE_RPS / 2)
    now, _ = watched_at(tmp_path, *samples(0.0, LONG_S, AFTER), *traffic(1.0, 7.0), *thin, *traffic(15.0, LONG_S))
    assert 15.0 < now < BEGAN_S + WATCH_S


@pytest.mark.parametrize(("back_s", "ended_s"), [(18.5, 21.0), (20.0, 22.0)])
def test_recover_goes_on_where_the_metric_has_just_come_to_its_target(
    back_s: float, ended_s: float, tmp_path: Path
) -> None:
    """Whether it stays there decides: a recovery that began within the time is one, however late."""
    seen = (*samples(0.0, back_s - 0.5, AT_LIMIT), *samples(back_s, LONG_S, AFTER))
    run = a_run_with(tmp_path, *seen, *traffic(1.0, LONG_S))
    recover(run, WATCH_S)
    assert History(run.record.events).milestone("recovered") == pytest.approx(back_s, abs=0.5)
    assert run.record.now == pytest.approx(ended_s, abs=0.5)


def test_recover_ends_where_the_metric_leaves_its_target_again(tmp_path: Path) -> None:
    seen = (*samples(0.0, 19.0, AT_LIMIT), event("sample", 19.5, value=AFTER), *samples(20.5, LONG_S, AT_LIMIT))
    assert watched_at(tmp_path, *seen, *traffic(1.0, LONG_S))[0] < BEGAN_S + WATCH_S + HOLD_S
