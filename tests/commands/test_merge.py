"""Shards of a run make the report of one run, and what is missing or contradicts itself is named and red."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from drills.commands import merge as command
from drills.commands.merge import main
from drills.record.format import RecordError
from drills.reports import publish
from drills.reports.collect import collect
from drills.reports.merge import merge
from tests.helpers.shards import CAUSES, output, retold, shards

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take seconds to draw, and have tests of their own."""
    monkeypatch.setattr(publish, "_charts", lambda *_: ())


def merged(tmp_path: Path, folders: list[Path], *options: str) -> tuple[int, dict[str, Any]]:
    code = main([*map(str, folders), "--output", str(tmp_path / "merged"), *options])
    data = tmp_path / "merged" / "merge.json"
    return code, json.loads(data.read_text(encoding="utf-8")) if data.exists() else {}


def as_expected(folders: list[Path]) -> list[Path]:
    """Let the suites expect what the records prove: they are older than what their scenarios expect today."""
    for folder in folders:
        for path in (folder / "drills").iterdir():
            verdict = json.loads((path / "verdict.json").read_text(encoding="utf-8"))
            head = json.loads((path / "history.jsonl").read_text(encoding="utf-8").partition("\n")[0])
            assert verdict["expected_verdict"] == head["expected_verdict"] == verdict["verdict"]
    return folders


def test_four_shards_give_the_same_verdicts_as_one_run(tmp_path: Path) -> None:
    whole = output(tmp_path / "whole")
    code, told = merged(tmp_path, as_expected(shards(tmp_path)))
    assert (code, told["whole"]) == (0, True), told
    assert collect(tmp_path / "merged").verdicts == collect(whole).verdicts
    publish.publish(whole)
    for name in ("verification.json", "verification.md", "metrics.prom", "findings.md"):
        assert (tmp_path / "merged" / name).read_bytes() == (whole / name).read_bytes()


def test_the_order_of_shards_changes_no_byte(tmp_path: Path) -> None:
    folders = shards(tmp_path)
    contents = []
    for order in (folders, folders[::-1]):
        assert merged(tmp_path, order)[0] == 0
        files = sorted(path for path in (tmp_path / "merged").rglob("*") if path.is_file())
        contents.append([(str(path), path.read_bytes()) for path in files])
    assert contents[0] == contents[1]


def test_merged_folders_can_be_merged(tmp_path: Path) -> None:
    folders = shards(tmp_path)
    for name, those in (("first", folders[:2]), ("second", folders[2:])):
        assert main([*map(str, those), "--output", str(tmp_path / name)]) == 1  # half of the shards are missing
    assert merged(tmp_path, [tmp_path / "first", tmp_path / "second"])[0] == 0


def test_a_missing_shard_and_its_rows_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = merged(tmp_path, shards(tmp_path)[:3])
    assert (code, told["missing_shards"], told["not_judged"]) == (1, ["4/4"], ["7.5"])
    printed = capsys.readouterr().out
    assert "Missing shards: 4/4." in printed
    assert "To be drilled and not judged in any shard: 7.5." in printed
    assert "Rows of the runbook that no shard drilled: 7.5, 9.9." in printed


def test_a_row_judged_alike_in_two_shards_is_named_and_green(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [*shards(tmp_path), output(tmp_path / "again", ["6.1"])]
    code, told = merged(tmp_path, folders)
    assert (code, list(told["twice"])) == (0, ["6.1"])
    assert "6.1: judged alike in 2 folders, taken from" in capsys.readouterr().out


def test_a_row_judged_otherwise_in_two_shards_is_red_and_in_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = output(tmp_path / "again", ["6.1"])
    shutil.rmtree(again / "drills" / "6.1-placebo")
    retold(again, "6.1-documented")
    code, told = merged(tmp_path, [*shards(tmp_path), again])
    assert (code, list(told["contradictions"])) == (1, ["6.1"])
    assert "6.1: the shards contradict each other" in capsys.readouterr().out
    assert {v.cause for v in collect(tmp_path / "merged").verdicts} == {*CAUSES} - {"6.1"}


def test_a_verdict_that_its_record_does_not_bear_out_is_red(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = shards(tmp_path)
    forged = folders[0] / "drills" / "1.1-placebo" / "verdict.json"
    forged.write_text(forged.read_text(encoding="utf-8").replace('"REFUTED"', '"CONFIRMED"'), encoding="utf-8")
    assert merged(tmp_path, folders)[0] == 1
    assert "judged again" in capsys.readouterr().out


def test_an_unexpected_verdict_is_red_as_in_its_shard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = shards(tmp_path)
    shutil.rmtree(folders[2] / "drills" / "6.1-placebo")
    retold(folders[2], "6.1-documented")
    assert merged(tmp_path, folders)[0] == 1
    assert "6.1 documented: UNPROVEN" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"commit": "d00d" + "0" * 36}, "at commit"),
        ({"shards": ["1/3"]}, "in so many shards: 3"),
    ],
)
def test_runs_of_another_commit_or_number_of_shards_are_refused(
    facts: dict[str, Any], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = shards(tmp_path)
    coverage = folders[3] / "coverage.json"
    told = json.loads(coverage.read_text(encoding="utf-8")) | facts
    coverage.write_text(json.dumps(told), encoding="utf-8")
    assert merged(tmp_path, folders) == (4, {})
    said = capsys.readouterr().err
    assert (sentence in said, said.count("\n")) == (True, 1)


def test_runs_of_another_runbook_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = shards(tmp_path)
    sha256 = collect(folders[0]).runbook.sha256
    for arm in ("documented", "placebo"):
        retold(folders[3], f"7.5-{arm}", (sha256, "f" * 64))
    assert merged(tmp_path, folders) == (4, {})
    said = capsys.readouterr().err
    assert ("with runbook ffffffffffff" in said, said.count("\n")) == (True, 1)


def test_a_folder_that_is_missing_or_named_twice_is_refused(tmp_path: Path) -> None:
    folders = shards(tmp_path)
    with pytest.raises(RecordError, match="expected the output folder of a run, found none"):
        merge([*folders, tmp_path / "none"])
    with pytest.raises(RecordError, match="named twice"):
        merge([*folders, folders[0] / ".." / folders[0].name])


def test_other_files_in_the_way_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "merged").mkdir()
    (tmp_path / "merged" / "thesis.txt").write_text("mine")
    assert merged(tmp_path, shards(tmp_path))[0] == 4
    assert (tmp_path / "merged" / "thesis.txt").read_text() == "mine"
    assert "it holds something else than an earlier merge" in capsys.readouterr().err


@pytest.mark.parametrize("within", ["shard-1", "shard-1/merged", "."])
def test_a_shard_is_not_written_into(within: str, tmp_path: Path) -> None:
    folders = shards(tmp_path)
    assert main([*map(str, folders), "--output", str(tmp_path / within)]) == 4
    assert not (tmp_path / within / "merge.json").exists()


def test_a_failed_write_leaves_the_earlier_report_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = shards(tmp_path)
    assert merged(tmp_path, folders)[0] == 0
    before = {path: path.read_bytes() for path in (tmp_path / "merged").rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(command, "write_merged", full)
        assert merged(tmp_path, folders[:2])[0] == 4
    assert "No space left on device" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tmp_path / "merged").rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["merged", *(f"shard-{n}" for n in range(1, 5))]


def test_a_known_secret_in_a_record_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = shards(tmp_path)
    (folders[0] / "drills" / "1.1-documented" / "locust.log").write_text("password canary-hunter2")
    monkeypatch.setenv("CANARY", "canary-hunter2")
    assert merged(tmp_path, folders, "--secret-variable", "CANARY") == (4, {})
    said = capsys.readouterr().err
    assert ("locust.log" in said, "hunter2" in said) == (True, False)


def test_a_link_in_a_shard_is_not_followed(tmp_path: Path) -> None:
    folders = shards(tmp_path)
    (tmp_path / "private").write_text("mine")
    (folders[0] / "drills" / "1.1-documented" / "link.txt").symlink_to(tmp_path / "private")
    assert merged(tmp_path, folders)[0] == 0
    assert not (tmp_path / "merged" / "drills" / "1.1-documented" / "link.txt").exists()
