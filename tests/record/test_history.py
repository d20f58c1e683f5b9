"""A history is read by kind and time, and a record is judged from its file as it was live."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

from drills.record.events import RanCommand
from drills.record.format import RecordError
from drills.record.head import Event as AnyKind
from drills.record.history import History
from drills.record.judge import judge
from drills.record.reader import read
from drills.record.recorder import Recorder
from drills.record.verdicts import Verdict
from tests.helpers.heads import of_today
from tests.helpers.histories import (
    command,
    documented,
    drop,
    event,
    judged,
    ledger,
    milestone,
    placebo,
    put,
    samples,
    told,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

E = TypeVar("E", bound=AnyKind)
SECRET = "correct-horse"
HEAD = {name: value for name, value in documented()[0].items() if name not in {"kind", "t"}}


def test_events_are_found_by_kind_and_facts() -> None:
    history = told((command("verify", 1.0), command("resolve", 2.0)))
    assert [each.t for each in history.of(RanCommand, purpose="resolve")] == [2.0]


def test_first_moment_of_a_name_counts() -> None:
    assert told((milestone("acted", 3.0), milestone("acted", 4.0))).milestone("acted") == 3.0


def test_moment_that_never_came_is_none() -> None:
    assert told((milestone("acted", 3.0),)).milestone("resolved") is None


def test_samples_of_an_interval_include_both_ends() -> None:
    history = told(samples(0.0, 5.0, 1.0, step_s=1.0))
    assert [t for t, _ in history.samples(1.0, 3.0)] == [1.0, 2.0, 3.0]


def test_samples_recorded_late_come_in_the_order_of_their_time() -> None:
    history = told((event("sample", 2.0, value=None), event("sample", 1.0, value=5.0)))
    assert history.samples(0.0, 9.0) == [(1.0, 5.0), (2.0, None)]


def test_history_ends_with_its_latest_event() -> None:
    assert told((event("sample", 7.0, value=1.0), event("sample", 6.0, value=1.0))).end_s == 7.0


STORIES = {
    "confirmed": (of_today(documented()), Verdict.CONFIRMED),
    "lossy": (put(of_today(drop(documented(), "ledger")), ledger(rows=2)), Verdict.CONFIRMED_WITH_LOSS),
    "blind": (drop(documented(), "sample"), Verdict.UNKNOWN),
    "placebo": (of_today(placebo()), Verdict.REFUTED),
}


@pytest.mark.parametrize("name", STORIES)
def test_old_record_gets_the_judgement_it_got_live(tmp_path: Path, name: str) -> None:
    story, _ = STORIES[name]
    assert judge(read(written(tmp_path, story))) == judged(story)


@pytest.mark.parametrize("name", STORIES)
def test_recorded_drill_is_judged_from_its_file_as_from_memory(tmp_path: Path, name: str) -> None:
    story, verdict = STORIES[name]
    with Recorder(tmp_path, str) as record:
        for each in story:
            record.write(**each)
    assert judge(History(record.events)) == judge(read(record.folder))
    assert judge(read(record.folder)).verdict is verdict


def test_last_line_torn_by_a_kill_is_left_out(tmp_path: Path) -> None:
    assert read(written(tmp_path, documented(), '{"kind": "resi')).events == told(documented()).events


def test_malformed_line_in_the_middle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"history\.jsonl:2: expected a JSON object, found .*sam"):
        read(written(tmp_path, documented()[:1], '{"kind": "sam\n{"kind": "sample", "t": 1.0, "value": 1.0}\n'))


def test_record_that_does_not_begin_with_its_drill_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not begin with what was drilled"):
        read(written(tmp_path, documented()[1:]))


def test_empty_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no history of a drill"):
        read(written(tmp_path, ()))
