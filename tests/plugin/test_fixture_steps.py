"""Steps of fixtures have names on Allure's page."""

import json
import subprocess
import sys
from pathlib import Path

from drills.plugin.fixture_steps import FORGET, TEAR_DOWN

TEST = """
import pytest

@pytest.fixture
def system():
    yield "system"

def test_system(system):
    assert system
"""


def test_end_of_a_fixture_is_named_after_what_it_does(tmp_path: Path) -> None:
    (tmp_path / "test_system.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "drills.plugin.fixture_steps", "--alluredir", "results"]
    ran = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-p", "no:cacheprovider"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
    ended = [
        step["name"]
        for path in (tmp_path / "results").glob("*-container.json")
        for step in json.loads(path.read_text(encoding="utf-8")).get("afters", [])
    ]
    assert sorted(ended) == [f"system::{FORGET}", f"system::{TEAR_DOWN}"]
