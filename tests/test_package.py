"""`pip install .` installs the command, the pytest plugin, and the data that both need."""

from __future__ import annotations

import subprocess
import sys
from email.parser import Parser
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DATA = (
    "py.typed",
    "incident/templates/document.html.j2",
    "load/locustfile.py",
    "reports/.npmrc",
    "reports/allurerc.mjs",
    "reports/package.json",
    "reports/package-lock.json",
    "sandbox/images/base/Dockerfile",
    "sandbox/images/sandbox/Dockerfile",
    "sandbox/images/sandbox/entrypoint.sh",
    "sandbox/images/sandbox/names.sh",
)
DEVELOPMENT = ("ruff", "mypy", "uv", "hatchling", "types-docker", "import-linter", "fpdf2")
COMMANDS = (
    "setup",
    "doctor",
    "clean",
    "adopt",
    "runbook",
    "plan",
    "incident",
    "audit",
    "report",
    "merge",
    "history",
    "rejudge",
    "noise",
    "mutants",
    "bench",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the engine alone; what it depends on is already beside this Python."""
    folder = tmp_path_factory.mktemp("installed") / "engine"  # a test writes into its parent, which has to be its own
    words = ["install", "--quiet", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return folder


def ran(installed: Path, *words: str) -> str:
    """Run Python elsewhere, where nothing of this checkout can be found, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=installed.parent,
        env={"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", DATA)
def test_data_of_the_engine_is_in_the_wheel(wheel: Path, name: str) -> None:
    with ZipFile(wheel) as archive:
        assert f"drills/{name}" in archive.namelist()


def test_nothing_of_the_suite_is_in_the_wheel(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert {name.split("/")[0].split("-")[0] for name in archive.namelist()} == {"drills", "runbook_drills"}


def test_tools_of_development_are_no_dependencies(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        required = Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []
    assert "pytest" in required
    assert not [one for one in required if one.startswith(DEVELOPMENT)]


def test_the_command_says_what_there_is(installed: Path) -> None:
    said = ran(installed, str(installed / "bin" / "drills"))
    assert [line.split()[0] for line in said.splitlines() if line.startswith("  ")] == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(installed: Path, command: str) -> None:
    assert ran(installed, "-m", "drills", command, "--help").startswith(f"usage: drills {command}")


def test_pytest_has_the_plugin_of_the_installed_engine(installed: Path) -> None:
    where = ran(installed, "-c", "import drills.plugin.options as found; print(found.__file__)")
    assert where.startswith(str(installed))
    (installed.parent / "pyproject.toml").write_text("[tool.drills]\n")
    assert "--time-scale" in ran(installed, "-m", "pytest", "--help")


def test_nothing_is_imported_before_it_is_asked_for(installed: Path) -> None:
    """Locust fails when a TLS library was imported before it."""
    script = "import sys, drills.load.profile, drills.load.traffic; print({'ssl', 'httpx', 'locust'} & {*sys.modules})"
    assert ran(installed, "-c", script).strip() == "set()"
