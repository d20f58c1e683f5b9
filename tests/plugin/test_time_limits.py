"""Each drill has a time limit from the runbook's times, an owner, and pytest-timeout behind all its waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.time_limit import time_limit_s
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import RUNBOOK
from tests.helpers.pytest_run import pytest_ended
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

CAUSES = [cause.id for cause in OWN_RUNBOOK.causes]
HANGS = """
import time
from types import SimpleNamespace
import pytest

@pytest.fixture(scope="session")
def sandbox_pool():
    return SimpleNamespace(system=lambda: None, secrets=())

@pytest.mark.drill("5.1")
def test_leak(run_drill):
    time.sleep(30)
"""
LIMITS = """
import pytest
from drills.plugin import time_limits

time_limits.longest_s = lambda config, cause: 0.5

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in items:
        print("LIMIT", item.get_closest_marker("timeout"), dict(item.user_properties))
"""


def limit_s(cause: str, arms: int = 3, time_scale: float = 60.0) -> float:
    incident = OWN_RUNBOOK.incident(int(cause.split(".", maxsplit=1)[0]))
    return time_limit_s(OWN_RUNBOOK, incident, OWN_RUNBOOK.cause(cause), time_scale, 120.0, arms)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_drill_has_more_time_than_drills_take_and_less_than_a_night(cause: str) -> None:
    assert 900 < limit_s(cause) < 3 * 3600


def test_real_windows_take_longer_than_scaled_ones() -> None:
    assert limit_s("5.1", time_scale=1.0) > limit_s("5.1") > limit_s("5.1", arms=1)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    described(tmp_path)
    (tmp_path / "test_drills.py").write_text(HANGS, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(LIMITS, encoding="utf-8")
    table = f'[tool.drills]\nrunbook = "{RUNBOOK}"\nstack = "small.toml"\nowner = "the database team"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    return tmp_path


def test_a_drill_that_hangs_is_interrupted(suite: Path) -> None:
    code, said = pytest_ended(suite / "output", "-s", cwd=suite)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "LIMIT Mark(name='timeout', args=(0.5,)" in said
    assert "{'drill': '5.1', 'owner': 'the database team'}" in said
    assert "Timeout (>0.5s) from pytest-timeout" in said


def test_a_limit_that_was_given_stays(suite: Path) -> None:
    _, said = pytest_ended(suite / "output", "-s", "--timeout", "0.4", cwd=suite)
    assert "LIMIT None" in said
    assert "Timeout (>0.4s) from pytest-timeout" in said


def test_a_run_without_pytest_timeout_has_no_limit(suite: Path) -> None:
    _, said = pytest_ended(suite / "output", "-s", "-p", "no:timeout", "--collect-only", cwd=suite)
    assert "LIMIT None" in said
