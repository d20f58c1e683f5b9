"""`drills setup` says in one sentence what is missing, and in its exit code that it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drills.checks.browser import chromium
from drills.cli import main
from drills.reports import node
from drills.sandbox import engine, setup
from drills.sandbox.errors import EngineMissingError, SandboxError


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the set-up find Allure and the browser installed."""
    monkeypatch.setattr(node, "setup", lambda: "report: already there")
    monkeypatch.setattr(chromium, "ensure", lambda: None)


def test_done_is_exit_code_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(setup, "prepare", lambda _: None)
    assert main(["setup"]) == 0
    assert "setup: done in" in capsys.readouterr().err


def test_what_is_missing_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise SandboxError("The engine's disk is full: remove what it does not need, and run this again.")

    monkeypatch.setattr(setup, "prepare", refuse)
    assert main(["setup"]) == 2
    assert capsys.readouterr().err.endswith(
        "\nThe engine's disk is full: remove what it does not need, and run this again.\n"
    )


def test_clean_without_an_engine_cannot_tell_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise EngineMissingError("none")

    monkeypatch.setattr(engine, "connect", missing)
    assert main(["clean"]) == 2
    assert "cannot tell what is left" in capsys.readouterr().err


def test_an_unknown_command_shows_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["destroy"]) == 2
    assert (
        "there is no command 'destroy'; the commands are setup, doctor, clean, adopt, runbook"
        in capsys.readouterr().err
    )


def test_the_command_ends_without_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    done = subprocess.run(
        [sys.executable, "-m", "drills", "setup"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("No Docker engine answers at DOCKER_HOST=")
    assert "Traceback" not in done.stderr
