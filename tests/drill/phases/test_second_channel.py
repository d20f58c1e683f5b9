"""Which readings of the second channels are recorded, and in which phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.phases import second_channel
from drills.record.events import Failure
from drills.record.history import History
from drills.record.measurements import SecondChannel
from tests.helpers.runs import QuietFault, SteppedRecorder, SteppedRun, a_run, a_scenario, stepped

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from drills.drill.observation.channels import Values

NARROW, WIDE = "at work", "all"


def a_reading_run(folder: Path, monkeypatch: pytest.MonkeyPatch, *readings: Values) -> SteppedRun:
    """Return a run of incident 5, whose target is below 50, that reads these values one after the other."""
    left = list(readings)
    monkeypatch.setattr(second_channel, "read_channels", lambda *_: left.pop(0) if len(left) > 1 else left[0])
    return stepped(a_run(folder, a_scenario(QuietFault())), SteppedRecorder(folder / "stepped"))


def recorded(run: SteppedRun) -> list[tuple[str, str, float | None]]:
    return [(event.when, event.channel, event.value) for event in History(run.record.events).of(SecondChannel)]


def test_normal_reads_every_channel_once_all_are_at_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 50.0}, {NARROW: 2.0, WIDE: 6.0})
    second_channel.record_normal(run)
    assert recorded(run) == [("normal", NARROW, 2.0), ("normal", WIDE, 6.0)]


def test_abnormal_is_the_narrowest_channel_that_shows_the_incident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 6.0}, {NARROW: 50.0, WIDE: 50.0})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", NARROW, 50.0)]


def test_abnormal_waits_for_the_narrowest_channel_some_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 49.0, WIDE: 50.0}, {NARROW: 50.0, WIDE: 50.0})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", NARROW, 50.0)]


def test_abnormal_that_a_narrower_channel_showed_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    middle = "in use"
    rows: list[Values] = [{NARROW: 0.0, middle: held, WIDE: 50.0} for held in (49.0, 50.0, 48.0)]
    run = a_reading_run(tmp_path, monkeypatch, *rows)
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", middle, 50.0)]


def test_abnormal_that_only_the_wide_channel_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: None, WIDE: 50.0})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", WIDE, 50.0)]


def test_abnormal_that_no_channel_shows_is_recorded_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: None})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", NARROW, 3.0), ("abnormal", WIDE, None)]
    assert [failure.phase for failure in History(run.record.events).of(Failure)] == ["diagnose"]


def test_channel_that_showed_the_incident_has_to_show_the_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_channel, "NARROW_S", 0.0)
    bad: Values = {NARROW: 3.0, WIDE: 50.0}
    run = a_reading_run(tmp_path, monkeypatch, bad, bad, {NARROW: 50.0, WIDE: 2.0})
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run)
    assert recorded(run) == [("abnormal", WIDE, 50.0), ("recovered", WIDE, 2.0)]


def test_channel_that_stays_bad_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 50.0})
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run)
    assert recorded(run)[-1] == ("recovered", WIDE, 50.0)
    assert [failure.phase for failure in History(run.record.events).of(Failure)] == ["settle"]


def test_quantity_without_a_channel_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {})
    second_channel.record_normal(run)
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run)
    assert (recorded(run), History(run.record.events).of(Failure), run.record.now) == ([], [], 0.0)
