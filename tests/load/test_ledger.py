import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from drills.load.ledger import LedgerError, Promise, Row, Tail, Writer, acknowledged, between, failed, rate_rps, read

ROW = Row(
    t=10.0,
    at=1.0,
    client="u1",
    request="r1",
    op="upload",
    method="POST",
    route="/api/upload",
    status=201,
    ok=True,
    ms=12.5,
    acknowledged="j1",
    deserves="done",
)


def written(folder: Path, *rows: Row) -> Path:
    path = folder / "ledger-a.jsonl"
    writer = Writer(path)
    for row in rows:
        writer.write(row)
    writer.close()
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    rows = [ROW, replace(ROW, ok=False, status=None, error="connection refused", acknowledged=None)]
    assert read(written(tmp_path, *rows)) == rows


def test_row_is_in_the_file_before_the_writer_is_closed(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "l.jsonl")
    writer.write(ROW)
    assert read(tmp_path / "l.jsonl") == [ROW]
    writer.close()


def test_two_writers_append_to_one_file(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, ROW))) == 1
    assert len(read(written(tmp_path, ROW))) == 2


def test_row_has_exactly_the_agreed_keys(tmp_path: Path) -> None:
    line = written(tmp_path, ROW).read_text()
    assert sorted(json.loads(line)) == sorted(
        [
            "t",
            "at",
            "client",
            "request",
            "op",
            "method",
            "route",
            "status",
            "ok",
            "ms",
            "error",
            "acknowledged",
            "deserves",
        ]
    )


@pytest.mark.parametrize("torn", [b'{"t":1', b"{", b'{"t":1,"ok":true}'], ids=["half", "brace", "no-newline"])
def test_torn_last_line_is_left_out(tmp_path: Path, torn: bytes) -> None:
    path = written(tmp_path, ROW)
    path.write_bytes(path.read_bytes() + torn)
    assert read(path) == [ROW]


@pytest.mark.parametrize("bad", [b"{oops}\n", b"[1]\n", b'{"t":"x","ok":true}\n', b'{"t":1,"ok":1}\n', b"\n"])
def test_broken_line_is_named_with_its_number(tmp_path: Path, bad: bytes) -> None:
    path = written(tmp_path, ROW)
    path.write_bytes(path.read_bytes() + bad)
    with pytest.raises(LedgerError, match=r"ledger-a.jsonl:2: expected one request"):
        read(path)


def test_missing_ledger_is_an_error_and_not_zero_requests(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        read(tmp_path / "none.jsonl")


def test_tail_returns_each_row_once_and_waits_for_the_newline(tmp_path: Path) -> None:
    path = written(tmp_path, ROW)
    tail = Tail(path)
    assert tail.new() == [ROW]
    line = (json.dumps(asdict(ROW)) + "\n").encode()
    with path.open("ab") as file:
        file.write(line[:20])
        file.flush()
        assert tail.new() == []
        file.write(line[20:])
    assert tail.new() == [ROW]
    assert tail.new() == []


def test_interval_includes_its_start_and_not_its_end() -> None:
    rows = [replace(ROW, t=t) for t in (1.0, 2.0, 3.0)]
    assert [row.t for row in between(rows, 1.0, 3.0)] == [1.0, 2.0]


def test_only_good_answers_acknowledge_and_each_promise_counts_once() -> None:
    rows = [
        ROW,
        ROW,
        replace(ROW, acknowledged="j2", ok=False),
        replace(ROW, acknowledged=None),
        replace(ROW, acknowledged="j4"),
    ]
    assert acknowledged(rows) == (Promise("j1", "done"), Promise("j4", "done"))


def test_failed_rows_are_those_not_ok() -> None:
    rows = [ROW, replace(ROW, ok=False, status=500)]
    assert failed(rows) == rows[1:]


def test_rate_counts_outcomes_per_second() -> None:
    rows = [replace(ROW, t=t / 10) for t in range(100)]
    assert rate_rps(rows, 2.0, 7.0) == 10.0


def test_rate_of_an_empty_interval_is_zero() -> None:
    assert rate_rps([ROW], 5.0, 5.0) == 0.0
