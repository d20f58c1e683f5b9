"""The reader of recorded drills takes what is whole and names what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.record.arm_verdict import read_verdict
from drills.record.events import parse_event
from drills.record.format import RecordError
from drills.record.history import PhaseSpan
from drills.record.measurements import Sample
from drills.record.reader import read
from tests.helpers.losses import losses
from tests.helpers.report_samples import history, judged, leak, milestones, phases, samples

if TYPE_CHECKING:
    from pathlib import Path


def test_a_history_is_read_into_typed_values(tmp_path: Path) -> None:
    lines, _ = phases({"heal": 1.0, "steady": 2.0})
    found = read(history(tmp_path, *lines, *samples([3, None]), *milestones(injected=1.5)))
    assert found.phases == (PhaseSpan("heal", 0.0, 1.0), PhaseSpan("steady", 1.0, 3.0))
    assert found.of(Sample) == [Sample(t=0.0, value=3.0), Sample(t=0.5, value=None)]
    assert found.milestones == {"injected": 1.5}
    assert (found.end_s, found.torn, found.head.target.value) == (3.0, False, 50.0)


def test_a_phase_that_never_ended_is_open(tmp_path: Path) -> None:
    lines, _ = phases({"heal": 1.0})
    assert read(history(tmp_path, lines[0])).phases == (PhaseSpan("heal", 0.0, None),)


def test_nan_is_no_data(tmp_path: Path) -> None:
    assert read(history(tmp_path, *samples([float("nan")]))).of(Sample) == [Sample(t=0.0, value=None)]


def test_a_torn_last_line_is_left_out_and_told(tmp_path: Path) -> None:
    leak(tmp_path)
    path = tmp_path / "history.jsonl"
    whole = read(tmp_path)
    path.write_text(path.read_text() + '{"kind":"sample","t":9')
    torn = read(tmp_path)
    assert torn.torn
    assert torn.events == whole.events


def test_a_last_line_that_only_lacks_its_newline_counts(tmp_path: Path) -> None:
    leak(tmp_path)
    path = tmp_path / "history.jsonl"
    path.write_text(path.read_text() + '{"kind":"sample","t":99,"value":1}')
    assert read(tmp_path).end_s == 99


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[1]", r"history\.jsonl:2: expected a JSON object"),
        ("[1,2]", r"history\.jsonl:2: expected a JSON object, found '\[1,2\]'"),
        ('{"nokind":1}', r"history\.jsonl:2: expected a field \"kind\", found only \['nokind'\]"),
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
        read(tmp_path)


@pytest.mark.parametrize(
    "first", ["{}", "[1,2]", '{"nokind":1}', '{"kind":"drill"}', '{"kind":"drill","format":2}', "7"]
)
def test_a_first_line_without_its_fields_is_named(tmp_path: Path, first: str) -> None:
    (tmp_path / "history.jsonl").write_text(f"{first}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"history\.jsonl:1: expected ") as refused:
        read(tmp_path)
    assert "\n" not in str(refused.value)


def test_an_empty_file_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").touch()
    with pytest.raises(RecordError, match="found an empty file"):
        read(tmp_path)


def test_a_history_begins_with_its_drill(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text('{"kind":"sample","t":0,"value":1}\n')
    with pytest.raises(RecordError, match='first line of kind "drill", found "sample"'):
        read(tmp_path)


def test_a_missing_history_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"history\.jsonl: expected a recorded file, found none"):
        read(tmp_path)


def test_a_verdict_is_read_with_its_commands(tmp_path: Path) -> None:
    found = read_verdict(judged(tmp_path))
    assert (found.cause, found.verdict, found.ttd_s, found.documented_minutes) == ("5.1", "CONFIRMED", 14.2, (2, 2))
    assert [(command.line, command.exit) for command in found.commands] == [(321, 0)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verdict": "FINE"}, 'expected "verdict" to be one of CONFIRMED, .* found "FINE"'),
        ({"documented_minutes": [5, 2]}, 'expected "documented_minutes" to be two numbers, the lower one first'),
        ({"documented_minutes": [2]}, r'expected a field "documented_minutes\[1\]"'),
        ({"losses": None}, 'expected "losses" to be a list, found None'),
        ({"incident": True}, 'expected "incident" to be a whole number, found True'),
        ({"commands": [1]}, r'expected "commands\[0\]" to be an object'),
        ({"severity": None}, 'expected no field "severity", found None'),
    ],
)
def test_a_malformed_verdict_is_named(tmp_path: Path, changes: dict[str, object], expected: str) -> None:
    with pytest.raises(RecordError, match=expected):
        read_verdict(judged(tmp_path, **changes))


def test_losses_that_were_not_measured_are_not_zero(tmp_path: Path) -> None:
    read = read_verdict(judged(tmp_path, losses=losses(jobs=3, sessions=None)))
    assert [loss.count for loss in read.losses] == [3, 0, None, 0, 0]


def test_infinity_is_not_a_number() -> None:
    with pytest.raises(RecordError, match="finite number"):
        parse_event('{"kind": "sample", "t": Infinity, "value": 1}', "here")


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    path = history(tmp_path, {"kind": "guess", "t": 1.0}) / "history.jsonl"
    with pytest.raises(RecordError, match=r"jsonl:2: there is no kind of event 'guess' in format 2\.") as refused:
        read(path.parent)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("version", [3, 0, None, "1"])
def test_another_version_of_the_format_is_named(tmp_path: Path, version: object) -> None:
    said = rf"expected a record in format 2, found {version} \(written by drills 0\.2\.0\)"
    with pytest.raises(RecordError, match=said):
        read(history(tmp_path, format=version))


def test_a_second_drill_in_a_record_is_refused(tmp_path: Path) -> None:
    path = history(tmp_path) / "history.jsonl"
    path.write_text(path.read_text() * 2)
    with pytest.raises(RecordError, match=r"history\.jsonl:2: expected one drill in a record, found a second one"):
        read(tmp_path)
