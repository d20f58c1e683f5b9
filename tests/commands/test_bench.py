"""The bench prints every figure that it measures."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.commands import bench
from drills.commands.bench_checks import ChecksFailed
from drills.sandbox.errors import SandboxError
from drills.settings import Settings
from tests.helpers.paths import ROOT
from tests.helpers.report_samples import leak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.sandbox.descriptor import Descriptor

STACK = ROOT / "stack/reference.toml"


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(_about: Descriptor) -> Iterator[tuple[str, str]]:
        yield "boot", "median 9.1 s (9.0, 9.1, 9.9)"

    monkeypatch.setattr(bench, "warm", figures)


def test_boots_and_checks_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["checks"]) == 0
    assert capsys.readouterr().out == "boot               median 9.1 s (9.0, 9.1, 9.9)\n"


def test_arguments_that_pytest_refuses_end_with_its_code_before_anything_boots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "settings", lambda: Settings(root=tmp_path, output=Path("output"), stack=STACK))
    refused = subprocess.CompletedProcess(["pytest"], 4, "", "ERROR: unrecognized arguments: --no-such-option\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: refused)
    assert bench.main(["--no-such-option"]) == 4
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "ERROR: unrecognized arguments: --no-such-option\n")


@pytest.mark.parametrize("error", [ChecksFailed("checks failed: redis"), SandboxError("no engine")])
def test_what_cannot_be_measured_is_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_about: Descriptor) -> Iterator[tuple[str, str]]:
        raise error

    monkeypatch.setattr(bench, "warm", fails)
    assert bench.main(["checks"]) == 2
    assert capsys.readouterr().err == f"drills bench: {error}\n"


def test_the_drills_are_printed_with_their_share_of_windows_and_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leak(tmp_path / "output/drills/5.1-documented", quiet_s=6.0)
    monkeypatch.setattr(bench, "settings", lambda: Settings(root=tmp_path, output=Path("output"), stack=STACK))
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0 if "--collect-only" in command else 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert bench.main(["--cause", "5.1"]) == 1
    printed = capsys.readouterr().out
    assert "--collect-only" in ran[0]
    assert ran[1][2:] == ["pytest", "scenarios", "-q", "--cause", "5.1"]
    assert "\ndrills             0 s, pytest exit 1\n" in printed
    # Quiet 6, the alert's window 300 at 30 times the speed, the hold 10.
    assert "\n5.1-documented       70.5 s: windows 26.0, commands 0.0, beyond them 44.5 (63 %)\n" in printed
