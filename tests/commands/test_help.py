"""Every command shows its help, and an empty folder is refused, before anything starts."""

from __future__ import annotations

import pytest

from drills import cli
from drills.commands import bench
from drills.commands.history import WORSE
from drills.plugin.check_outcomes import ExitCode
from drills.sandbox import setup
from tests.helpers.paths import ROOT

REPORTS = ("build", "show", "summary", "schema", "findings-table", "compare")
WORDS = [*((name,) for name in cli.COMMANDS), *(("report", name) for name in REPORTS)]


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def starts(*_: object) -> None:
        raise AssertionError("nothing may be started")

    monkeypatch.setattr(bench, "warm", starts)
    monkeypatch.setattr(setup, "prepare", starts)
    monkeypatch.setattr(setup, "clean", starts)


def ended(*arguments: str) -> int:
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(str(end.code))


@pytest.mark.parametrize(
    "words", [*((name,) for name in cli.COMMANDS), *(("report", name) for name in REPORTS)], ids=" ".join
)
def test_help_is_shown(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(*words, "--help") == 0
    assert capsys.readouterr().out.startswith("usage: drills " + words[0])


@pytest.mark.parametrize("command", ["build", "show", "findings-table"])
@pytest.mark.parametrize(
    ("given", "words"), [("", "the name is empty"), ("~no-such-person/x", "~no-such-person"), ("no/such", "found none")]
)
def test_a_folder_that_cannot_be_used_is_one_sentence(
    command: str, given: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("report", command, "--output", given) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_every_command_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    assert [name for name in cli.COMMANDS if f"`drills {name}" not in page] == []


def test_every_exit_code_stands_in_one_table() -> None:
    page = (ROOT / "docs" / "options.md").read_text(encoding="utf-8").partition("## Exit codes")[2]
    told = {int(line.split()[1]) for line in page.splitlines() if line.startswith("| ") and line.split()[1].isdecimal()}
    assert told == {*map(int, pytest.ExitCode), *map(int, ExitCode), WORSE}
