"""A record is written line by line, without secrets, and only in the words of its format."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from drills.common.redaction import Redactor
from drills.record.events import Ledger, Phase, RanCommand, Residue
from drills.record.format import RecordError
from drills.record.head import Event as AnyKind
from drills.record.history import History
from drills.record.measurements import Sample
from drills.record.reader import FILE
from drills.record.recorder import OUTPUT_LIMIT, Recorder
from drills.record.verdicts import Arm
from tests.helpers.histories import (
    Event,
    command,
    documented,
    told,
)
from tests.helpers.losses import ends, losses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

E = TypeVar("E", bound=AnyKind)
SECRET = "correct-horse"
HEAD = {name: value for name, value in documented()[0].items() if name not in {"kind", "t"}}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "5.1-documented", Redactor([SECRET]).text) as recorder:
        yield recorder


def on_disk(record: Recorder) -> list[Event]:
    return [json.loads(line) for line in (record.folder / FILE).read_text().splitlines()]


def last(record: Recorder, kind: type[E]) -> E:
    return History(record.events).of(kind)[-1]


def output(record: Recorder) -> str:
    return last(record, RanCommand).output


def test_event_is_on_disk_as_soon_as_it_is_written(record: Recorder) -> None:
    record.write("drill", **HEAD)
    assert on_disk(record)[0]["cause"] == "5.1"


def test_events_in_memory_are_those_on_disk(record: Recorder) -> None:
    record.write("ledger", losses=losses(jobs=1), ends=ends(jobs=1), unfinished=("a", "b"))
    assert list(record.events) == list(told(on_disk(record)).events)


def test_time_counts_from_the_beginning_of_the_record(record: Recorder) -> None:
    record.write("drill", **HEAD)
    assert record.events[0].t == pytest.approx(record.now, abs=5.0)


def test_earlier_time_may_be_given(record: Recorder) -> None:
    record.milestone("recovered", t=12.3456)
    assert record.events[0].t == 12.346


def test_moment_carries_its_name(record: Recorder) -> None:
    record.milestone("injected")
    assert History(record.events).milestone("injected") is not None


def test_secret_is_masked_in_text(record: Recorder) -> None:
    record.write(**command("verify", 1.0, output=f"password={SECRET}"))
    assert output(record) == "password=***"


def test_secret_is_masked_in_nested_values(record: Recorder) -> None:
    record.write("residue", items=(f"a {SECRET}",))
    assert last(record, Residue).items == ("a ***",)


def test_secret_is_nowhere_on_disk(record: Recorder) -> None:
    record.write("residue", items=(f"a {SECRET}",))
    assert SECRET not in (record.folder / FILE).read_text()


def test_secret_in_the_text_of_a_failed_phase_is_masked(record: Recorder) -> None:
    with pytest.raises(RuntimeError), record.phase("inject"):
        raise RuntimeError(f"refused {SECRET}")
    assert last(record, Phase).note == "refused ***"


def test_long_output_keeps_its_end(record: Recorder) -> None:
    record.write(**command("verify", 1.0, output="x" * OUTPUT_LIMIT + "the end"))
    assert (len(output(record)), output(record)[-7:]) == (OUTPUT_LIMIT, "the end")


def test_secret_across_the_cut_of_long_output_is_masked(record: Recorder) -> None:
    record.write(**command("verify", 1.0, output=SECRET + "x" * (OUTPUT_LIMIT - 6)))
    assert "horse" not in output(record)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_data(record: Recorder, value: float) -> None:
    record.write("sample", value=value)
    assert last(record, Sample).value is None


def test_nested_nan_is_no_data(record: Recorder) -> None:
    record.write("ledger", losses=[losses(jobs=1)[0] | {"count": float("nan")}])
    assert last(record, Ledger).losses[0].count is None


def test_enumerated_word_is_written_as_text(record: Recorder) -> None:
    record.write("drill", **HEAD | {"arm": Arm.PLACEBO})
    assert on_disk(record)[0]["arm"] == "placebo"


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("guess", {}, "there is no kind of event 'guess'"),
        ("sample", {"value": 1.0, "severity": None}, 'expected no field "severity"'),
        ("sample", {}, 'expected a field "value"'),
        ("sample", {"value": "much"}, 'expected "value" to be a finite number'),
        ("milestone", {"name": "solved"}, 'expected "name" to be one of injected, '),
        ("error", {"phase": "lifecycle", "text": 3}, 'expected "text" to be a string'),
    ],
)
def test_what_the_format_does_not_have_is_refused_at_once(
    record: Recorder, kind: str, facts: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        record.write(kind, **facts)
    assert on_disk(record) == []


def test_the_head_is_stamped_with_the_format_and_the_package(record: Recorder) -> None:
    record.write("drill", **HEAD | {"format": 7, "drills": "another"})
    assert History(record.events).head.format == 2
    assert History(record.events).head.drills != "another"


def test_closed_record_ignores_what_comes_late(record: Recorder) -> None:
    record.write("drill", **HEAD)
    record.__exit__()
    record.write("sample", value=1.0)
    assert [each.kind for each in record.events] == ["drill"]


def test_closed_record_leaves_its_file_alone(record: Recorder) -> None:
    record.write("drill", **HEAD)
    record.__exit__()
    record.write("sample", value=1.0)
    assert len(on_disk(record)) == 1


def test_phase_that_ends_well_says_so(record: Recorder) -> None:
    with record.phase("steady"):
        pass
    assert [(each.event, each.ok) for each in History(record.events).of(Phase)] == [("begin", None), ("end", True)]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_phase_records_its_failure(record: Recorder, failure: type[BaseException]) -> None:
    with pytest.raises(failure), record.phase("detect"):
        raise failure("it did not fire")
    end = last(record, Phase)
    assert (end.event, end.ok, end.note) == ("end", False, "it did not fire")


def test_threads_do_not_tear_each_others_lines(record: Recorder) -> None:
    def write() -> None:
        for _ in range(100):
            record.write("sample", value=1.0)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(on_disk(record)) == 400


def test_new_record_replaces_an_old_one(record: Recorder) -> None:
    record.write("drill", **HEAD)
    with Recorder(record.folder, str) as again:
        assert on_disk(again) == []
