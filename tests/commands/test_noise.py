"""The noise table tells the expected verdict, an UNKNOWN that names the noise, and any other apart."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from drills.commands import noise
from drills.commands.noise import Outcome, busy, held, main, table
from drills.record.verdicts import Verdict
from tests.helpers.heads import of_today
from tests.helpers.histories import documented, placebo, written

if TYPE_CHECKING:
    from pathlib import Path

BLIND = "the judge was blind: no sample of the metric for 6 s"


def outcome(verdict: Verdict, reason: str = "it held", run: int = 1) -> Outcome:
    return Outcome(run, "5.1", "documented", verdict, Verdict.CONFIRMED, reason)


@pytest.mark.parametrize(
    ("verdict", "reason", "word"),
    [
        (Verdict.CONFIRMED, "it held", "expected"),
        (Verdict.UNKNOWN, BLIND, "noise"),
        (Verdict.UNKNOWN, "no reading proved the cause", "WRONG"),
        (Verdict.REFUTED, BLIND, "WRONG"),
        (Verdict.DIRTY, "the drill left residue", "WRONG"),
    ],
)
def test_only_an_unknown_that_names_the_noise_is_excused(verdict: Verdict, reason: str, word: str) -> None:
    assert outcome(verdict, reason).word == word


def test_the_table_has_a_line_for_an_arm_and_the_reasons() -> None:
    lines = table([outcome(Verdict.CONFIRMED), outcome(Verdict.UNKNOWN, BLIND, 2), outcome(Verdict.REFUTED, "late", 3)])
    assert lines == [
        "5.1   documented  expected, noise (UNKNOWN), WRONG (REFUTED)",
        f"5.1 documented, run 2: UNKNOWN: {BLIND}",
        "5.1 documented, run 3: REFUTED: late",
        "Of 3 verdicts: 1 expected, 1 noise, 1 WRONG.",
    ]


@pytest.mark.parametrize(
    ("found", "code"),
    [([], 1), ([outcome(Verdict.CONFIRMED)], 0), ([outcome(Verdict.UNKNOWN, BLIND)], 0), ([outcome(Verdict.DIRTY)], 1)],
)
def test_every_selection_is_held_in_every_run(
    found: list[Outcome], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[int, list[str], str]] = []

    def hold(run: int, selection: list[str], output: Path) -> list[Outcome]:
        asked.append((run, selection, output.name))
        return found

    monkeypatch.setattr(noise, "held", hold)
    monkeypatch.setattr(noise, "refused", lambda _: 0)
    given = ["--runs", "2", "--busy", "0", "--output", str(tmp_path), "-m headline", "--cause=1.3,1.5"]
    assert main([*given[:-2], "--", *given[-2:]]) == code
    assert asked == [
        (1, ["-m", "headline"], "run-1-1"),
        (1, ["--cause=1.3,1.5"], "run-1-2"),
        (2, ["-m", "headline"], "run-2-1"),
        (2, ["--cause=1.3,1.5"], "run-2-2"),
    ]
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--output", ""], "the name is empty"),
        (["--output", "/"], "root of the file system"),
        (["-m headlin"], "headlin"),
    ],
)
def test_what_cannot_be_used_keeps_no_processor_busy(
    given: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(*_: object) -> None:
        raise AssertionError("nothing may be started")

    monkeypatch.setattr(noise, "busy", nothing)
    try:
        code = main(["--output", str(tmp_path), "--", *given] if given[0].startswith("-m") else given)
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    assert words in capsys.readouterr().err


def test_the_busy_processes_end_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    def start(*arguments: Any) -> Any:
        started.append(real(*arguments))
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr("drills.commands.noise.subprocess.Popen", start)
    with busy(2):
        assert [process.poll() for process in started] == [None, None]
    assert [process.poll() for process in started] == [-9, -9]


def test_records_of_an_earlier_run_are_no_outcomes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for arm, story in (("documented", documented(run="earlier")), ("original", documented(run=None, arm="original"))):
        written(tmp_path / "drills" / f"5.1-{arm}", story)

    def hold(*_: object, **__: object) -> None:
        written(tmp_path / "drills" / "5.1-placebo", of_today(placebo(), run="new"))

    monkeypatch.setattr("drills.commands.noise.subprocess.run", hold)
    (found,) = held(1, [], tmp_path)
    assert (found.arm, found.verdict) == ("placebo", Verdict.REFUTED)


def test_a_run_without_records_has_no_outcome(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("drills.commands.noise.subprocess.run", lambda *_, **__: None)
    assert held(1, [], tmp_path) == []
    assert table([]) == ["No drill was judged."]
