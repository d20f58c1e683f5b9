"""`python -m stack` says in one sentence what is missing, and in its exit code that it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack import engine, setup
from stack.__main__ import main
from stack.errors import EngineMissingError, StackError


def test_done_is_exit_code_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(setup, "prepare", lambda _: None)
    assert main(["setup"]) == 0
    assert "setup: done in" in capsys.readouterr().err


def test_what_is_missing_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise StackError("The engine is full: make room, and run this again.")

    monkeypatch.setattr(setup, "prepare", refuse)
    assert main(["setup"]) == 2
    assert capsys.readouterr().err == "The engine is full: make room, and run this again.\n"


def test_there_is_nothing_to_clean_without_an_engine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise EngineMissingError("none")

    monkeypatch.setattr(engine, "connect", missing)
    assert main(["clean"]) == 0
    assert "nothing of ours can be on it" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["destroy"]], ids=["no verb", "unknown verb"])
def test_an_unknown_verb_shows_the_known_ones(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    assert "{setup,clean}" in capsys.readouterr().err


def test_the_command_ends_without_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    done = subprocess.run(
        [sys.executable, "-m", "stack", "setup"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("No Docker engine answers at DOCKER_HOST=")
    assert done.stderr.count("\n") == 1
