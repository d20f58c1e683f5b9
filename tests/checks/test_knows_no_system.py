"""The engine's checks name no part of one system: the suite says what only its system has."""

import re
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

WORDS = re.compile(
    r"pdf|schedgen|\bfrontend|backend_url|worker_url|oidc|student|schedule|upload|sess:|/api/(jobs|auth|upload)|'jobs'",
    re.IGNORECASE,
)
FILES = sorted((ROOT / "src" / "drills" / "checks").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "src" / "drills" / "checks")))
def test_engine_names_no_part_of_one_system(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line}" for number, line in enumerate(lines, 1) if WORDS.search(line)] == []
