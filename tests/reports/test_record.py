"""The reader of recorded drills takes what is whole and names what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from drills.reports.json_fields import Fields, RecordError
from drills.reports.record import Phase, Sample, read_history
from drills.reports.verdict import read_verdict
from tests.helpers.report_samples import history, judged, leak, moments, phases, samples

if TYPE_CHECKING:
    from pathlib import Path


def test_a_history_is_read_into_typed_values(tmp_path: Path) -> None:
    lines, _ = phases({"heal": 1.0, "steady": 2.0})
    read = read_history(history(tmp_path, *lines, *samples([3, None]), *moments(injected=1.5)))
    assert read.phases == (Phase("heal", 0.0, 1.0), Phase("steady", 1.0, 3.0))
    assert read.samples == (Sample(0.0, 3.0), Sample(0.5, None))
    assert read.moments == {"injected": 1.5}
    assert (read.end_s, read.torn, read.drill.target and read.drill.target.value) == (3.0, False, 50.0)


def test_a_phase_that_never_ended_is_open(tmp_path: Path) -> None:
    lines, _ = phases({"heal": 1.0})
    assert read_history(history(tmp_path, lines[0])).phases == (Phase("heal", 0.0, None),)


def test_nan_is_no_data(tmp_path: Path) -> None:
    assert read_history(history(tmp_path, *samples([float("nan")]))).samples == (Sample(0.0, None),)


def test_a_torn_last_line_is_left_out_and_told(tmp_path: Path) -> None:
    leak(tmp_path)
    path = tmp_path / "history.jsonl"
    whole = read_history(tmp_path)
    path.write_text(path.read_text() + '{"kind":"sample","t":9')
    torn = read_history(tmp_path)
    assert torn.torn
    assert torn.samples == whole.samples


def test_a_last_line_that_only_lacks_its_newline_counts(tmp_path: Path) -> None:
    leak(tmp_path)
    path = tmp_path / "history.jsonl"
    path.write_text(path.read_text() + '{"kind":"sample","t":99,"value":1}')
    assert read_history(tmp_path).end_s == 99


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[1]", r"history\.jsonl:2: expected a JSON object"),
        ("{oops}", r"history\.jsonl:2: expected a JSON object"),
        ('{"kind":"sample","value":1}', r'history\.jsonl:2: expected a field "t"'),
        ('{"kind":"sample","t":"now"}', r'history\.jsonl:2: expected "t" to be a finite number, found \'now\''),
        ('{"kind":"milestone","t":1}', r'history\.jsonl:2: expected a field "name"'),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, expected: str) -> None:
    path = history(tmp_path) / "history.jsonl"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(RecordError, match=expected):
        read_history(tmp_path)


def test_an_empty_file_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").touch()
    with pytest.raises(RecordError, match="found an empty file"):
        read_history(tmp_path)


def test_a_history_begins_with_its_drill(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text('{"kind":"sample","t":0,"value":1}\n')
    with pytest.raises(RecordError, match='first line of kind "drill", found "sample"'):
        read_history(tmp_path)


def test_a_missing_history_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"history\.jsonl: expected a recorded file, found none"):
        read_history(tmp_path)


def test_a_verdict_is_read_with_its_commands(tmp_path: Path) -> None:
    read = read_verdict(judged(tmp_path))
    assert (read.cause, read.verdict, read.ttd_s, read.documented_minutes) == ("5.1", "CONFIRMED", 14.2, (2, 2))
    assert [(command.line, command.exit) for command in read.commands] == [(321, 0)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verdict": "FINE"}, 'expected "verdict" to be one of CONFIRMED, .* found "FINE"'),
        ({"documented_minutes": [5, 2]}, 'expected "documented_minutes" to be two numbers, the lower one first'),
        ({"documented_minutes": [2]}, "two numbers"),
        ({"losses": None}, 'expected "losses" to be an object, found None'),
        ({"incident": True}, 'expected "incident" to be a whole number, found True'),
        ({"commands": [1]}, r'expected "commands\[0\]" to be an object'),
    ],
)
def test_a_malformed_verdict_is_named(tmp_path: Path, changes: dict[str, object], expected: str) -> None:
    with pytest.raises(RecordError, match=expected):
        read_verdict(judged(tmp_path, **changes))


def test_losses_that_were_not_measured_are_not_zero(tmp_path: Path) -> None:
    assert dict(read_verdict(judged(tmp_path, losses={"jobs": 3})).losses)["sessions"] is None


def test_infinity_is_not_a_number() -> None:
    with pytest.raises(RecordError, match="finite number"):
        Fields("here", json.loads('{"x": Infinity}')).number("x")
