"""Run pytest as a person would, and read its exit code and all it said."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NO_ENGINE = {"DOCKER_HOST": "unix:///no/such.sock", "PATH": "/usr/bin:/bin"}
LIMIT_S = 120.0


def without_engine(output: Path | str, *options: str, cwd: Path = ROOT) -> tuple[int, str]:
    """Run pytest where no engine answers: what should be refused and is not boots nothing."""
    return pytest_ended(output, *options, cwd=cwd, **NO_ENGINE)


def pytest_ended(output: Path | str, *options: str, cwd: Path = ROOT, **environment: str) -> tuple[int, str]:
    """Run pytest, in the suite's folder or *cwd*; returns its exit code and all it said, which has no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "--output", str(output)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    assert "INTERNALERROR" not in said, said
    return done.returncode, said
