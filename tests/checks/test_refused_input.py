"""Bad input ends a run of checks with one sentence and exit code 4, before any check runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (None, "checks need --target"),
        ("nowhere", "there is no target 'nowhere'"),
        ("/no/such.toml", "there is no target file /no/such.toml"),
        ("ftp://host", "front_url must look like http://host:port"),
        ("example", "needs the environment variable"),
        ("http://no.such.host.invalid", "does not resolve from here"),
    ],
    ids=["none", "name", "file", "scheme", "variable", "host"],
)
def test_bad_target_is_refused(target: str | None, sentence: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "checks", "--output", str(tmp_path)]
    command += ["--target", target] if target else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, said
    assert sentence in said
    assert "Traceback" not in said
    assert "collected" not in said


def test_checks_are_listed_without_a_target(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "checks", "--collect-only", "-q", "--output", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "checks/test_smoke.py::test_smoke[front-page]" in done.stdout, done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.OK
