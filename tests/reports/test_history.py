"""A history has each row of a run once, whoever adds it how often, and one that cannot be used stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from drills.commands.history import main
from drills.reports import history as module
from drills.reports.history import FORMAT, Line, add, as_text, read_history
from drills.reports.history_lines import lines_of
from drills.reports.trend import recorded_s, trends
from tests.helpers.shards import output

if TYPE_CHECKING:
    from pathlib import Path


def line(day: int = 1, **changes: Any) -> Line:
    facts = {
        "format": FORMAT, "run": f"run-{day}", "at": f"2026-11-{day:02}T06:00:00Z", "cause": "5.1",
        "cause_name": "Connection leak", "verdict": "CONFIRMED", "expected": "CONFIRMED", "lasting": "cure",
        "original": None, "placebo": "REFUTED", "ttd_s": 12.0, "ttr_s": 4.0, "action_s": 3.0, "length_s": 80.0,
        "losses": {"jobs lost": 0}, "documented_minutes": [2.0, 5.0], "time_scale": 60.0, "runbook": "ab" * 32,
        "commit": None,
    }  # fmt: skip
    return Line.model_validate_json(json.dumps(facts | changes))


def history(path: Path, *lines: Line) -> Path:
    add(path, lines, name="test")
    return path


def worse(*lines: Line) -> tuple[str, ...]:
    return trends(lines)[0].worse


def test_a_run_adds_one_line_a_row_from_its_records(tmp_path: Path) -> None:
    lines = lines_of(output(tmp_path))
    assert [(each.cause, each.verdict, each.placebo) for each in lines] == [
        ("1.1", "CONFIRMED", "REFUTED"),
        ("2.1", "CONFIRMED", "REFUTED"),
        ("6.1", "CONFIRMED", "REFUTED"),
        ("7.5", "CONFIRMED", "REFUTED"),
    ]
    heads = [
        path.read_text(encoding="utf-8").splitlines() for path in (tmp_path / "drills").glob("6.1-*/history.jsonl")
    ]
    ends = [max(json.loads(event)["t"] for event in events) for events in heads]
    assert lines[2].length_s == pytest.approx(sum(ends), abs=0.1)
    assert lines[0].commit is not None


def test_adding_twice_changes_no_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, path = output(tmp_path / "run"), tmp_path / "h.jsonl"
    contents = []
    for _ in range(2):
        assert main(["add", "--output", str(run), "--history", str(path)]) == 0
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    assert capsys.readouterr().out.count("4 lines") == 2


def test_shards_merge_into_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    days = [history(tmp_path / f"{day}.jsonl", line(day), line(day, cause="1.10")) for day in (1, 2, 3)]
    for name, order in (("a", days), ("b", days[::-1]), ("c", [*days, *days])):
        assert main(["merge", *map(str, order), "--history", str(tmp_path / name)]) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()
    assert len(read_history(tmp_path / "a")) == 6


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (as_text([line()])[:-1], "h.jsonl:1: the last line is cut off"),
        (as_text([line(), line(2)])[:-40], "h.jsonl:2: the last line is cut off"),
        (as_text([line()]).replace('"format": 1', '"format": 2'), "found 2"),
        ("[]\n", "expected a line in format 1"),
        ("[" * 100_000 + "\n", "expected a JSON object"),
        ("\n", "expected a JSON object"),
        ("\xff\n", "expected a JSON object"),
        (as_text([line()]).replace('"ttr_s": 4.0', '"ttr_s": "4"'), "ttr_s"),
        (as_text([line()]).replace('"ttr_s": 4.0', '"ttr_s": NaN'), "ttr_s"),
        (as_text([line(), line(verdict="REFUTED")]), "has another line on it"),
    ],
)
def test_a_history_that_cannot_be_used_is_refused_in_a_sentence_and_stays(
    content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "h.jsonl"
    path.write_text(content, encoding="latin-1")
    run = output(tmp_path / "run", ["6.1"])
    for command in (["add", "--output", str(run)], ["merge", str(path)], ["trend"]):
        assert main([*command, "--history", str(path)]) == 4
        said = capsys.readouterr().err
        assert (sentence in said, said.count("\n")) == (True, 1), said
    assert path.read_text(encoding="latin-1") == content


def test_a_row_that_another_line_contradicts_is_not_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = history(tmp_path / "a", line()), history(tmp_path / "b", line(verdict="REFUTED"))
    before = path.read_bytes()
    assert main(["merge", str(other), "--history", str(path)]) == 4
    assert "remove the wrong one of the two" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_history_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = history(tmp_path / "h.jsonl", line())
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "write_text", full)
        assert main(["add", "--output", str(output(tmp_path / "run", ["6.1"])), "--history", str(path)]) == 4
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ()),
        ({"verdict": "REFUTED"}, ("5.1: REFUTED, and CONFIRMED in the run before.",)),
        ({"verdict": "CONFIRMED_WITH_LOSS"}, ("5.1: CONFIRMED_WITH_LOSS, and CONFIRMED in the run before.",)),
        ({"verdict": "UNKNOWN", "lasting": None}, ("5.1: UNKNOWN, and CONFIRMED in", "5.1: no cure as in the run")),
        ({"lasting": "relief"}, ("5.1: no cure as in the run before: relief.",)),
        ({"ttr_s": 9.0}, ()),
        ({"ttr_s": 10.1}, ("5.1: 10.1 s to recover, and 5.0 s at most in 3 earlier runs (median 4.0 s).",)),
        ({"ttd_s": 30.0}, ("5.1: 30.0 s to detect, and 12.0 s at most in 3 earlier runs",)),
        ({"ttr_s": 99.0, "time_scale": 30.0}, ()),
    ],
)
def test_what_got_worse_is_named(changes: dict[str, Any], said: tuple[str, ...]) -> None:
    found = worse(line(1), line(2, ttr_s=5.0), line(3), line(4, **changes))
    assert len(found) == len(said)
    assert all(sentence.startswith(beginning) for sentence, beginning in zip(found, said, strict=True))


def test_two_earlier_times_are_too_few_to_call_one_slow() -> None:
    assert worse(line(1), line(2), line(3, ttr_s=99.0)) == ()


def test_a_better_verdict_is_a_change_and_not_worse() -> None:
    (trend,) = trends([line(1, verdict="REFUTED"), line(2)])
    assert (trend.changed, trend.worse) == (True, ())


def test_a_known_finding_that_no_longer_shows_is_worse() -> None:
    (sentence,) = worse(line(1, verdict="REFUTED", expected="REFUTED"), line(2, expected="REFUTED"))
    assert "is not the expected REFUTED" in sentence


def test_the_command_prints_the_trend_and_ends_with_8_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history(tmp_path / "h.jsonl", line(1), line(2), line(3, verdict="REFUTED", cause_name="a | b"))
    assert main(["trend", "--history", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "| 5.1 a \\| b | 3 | 2× CONFIRMED (cure), REFUTED (cure) |" in printed  # noqa: RUF001
    assert "- Worse: 5.1: REFUTED, and CONFIRMED in the run before." in printed
    assert main(["trend", "--history", str(path), "--fail-on", "worse"]) == 8
    assert main(["trend", "--history", str(history(tmp_path / "good", line(1))), "--fail-on", "worse"]) == 0


def test_the_length_of_a_drill_is_the_median_of_its_runs_at_that_time_scale() -> None:
    lines = [line(1, length_s=10.0), line(2, length_s=90.0), line(3, length_s=20.0), line(4, time_scale=1.0)]
    assert recorded_s(lines, 60.0) == {"5.1": 20.0}
    assert recorded_s(lines, 30.0) == {}


def test_without_a_history_there_is_no_trend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trend", "--history", str(tmp_path / "none")]) == 4
    assert "expected a history of drills, found none" in capsys.readouterr().err
