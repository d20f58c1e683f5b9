"""Variables given to make are neither run nor printed, and make alone changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """#!/bin/sh
printf '%s\\n' "$@" > given
exit ${CODE:-0}
"""
HOSTILE = ('"; touch owned; echo "', "$(touch owned)", "`touch owned`", "$(shell touch owned)", "' ; touch owned '")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with our Makefile, and fakes of the programs that it calls."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "venv.sh").write_text("exit 0\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    outer = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MAKE", "TARGET", "DRILLS", "FULL")) and key not in ("SEED", "SHARD", "N")
    }
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=outer | variables, capture_output=True, text=True, check=False
    )


def test_make_alone_says_what_there_is_and_does_nothing(project: Path) -> None:
    done = make(project)
    assert done.returncode == 0
    targets = (
        "setup",
        "drill",
        "verify",
        "check",
        "prove",
        "mutants",
        "ablate",
        "refute",
        "test",
        "bench",
        "noise",
        "host-test",
        "clean",
        "lock",
    )
    for target in targets:
        assert f"  make {target} " in done.stdout
    assert not (project / "given").exists()


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("way", ["argument", "environment"])
def test_target_is_passed_on_as_it_is_and_never_run(project: Path, target: str, way: str) -> None:
    done = make(project, "check", f"TARGET={target}") if way == "argument" else make(project, "check", TARGET=target)
    assert done.returncode == 0, done.stderr
    assert (project / "given").read_text() == f"-m\npytest\nchecks\n--target\n{target}\n"
    assert not (project / "owned").exists()


def test_target_with_a_password_is_not_printed(project: Path) -> None:
    done = make(project, "check", "TARGET=https://user:hunter2@staging.example.org", CODE="6")
    assert "hunter2" not in done.stdout + done.stderr


def test_without_a_target_pytest_itself_asks_for_one(project: Path) -> None:
    make(project, "check")
    assert (project / "given").read_text() == "-m\npytest\nchecks\n"


def test_options_of_bench_are_several_words_and_never_run(project: Path) -> None:
    make(project, "bench", "DRILLS=--cause 1.4; touch owned")
    assert (project / "given").read_text().split() == ["-m", "drills", "bench", "--cause", "1.4;", "touch", "owned"]
    assert not (project / "owned").exists()


def test_code_of_pytest_stands_in_the_last_line(project: Path) -> None:
    done = make(project, "check", "TARGET=staging", CODE="6")
    assert (done.returncode, "Error 6" in done.stderr) == (2, True)


@pytest.mark.parametrize("fails", ["headline", "not (drill or mutation or slow)"])
def test_tests_are_red_when_either_half_is(project: Path, fails: str) -> None:
    """The drills and the other tests are two runs of pytest: the code of the first must not be lost in the second."""
    python = project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nfor word in "$@"; do [ "$word" = "{fails}" ] && exit 1; done\nexit 0\n')
    assert make(project, "test").returncode == 2
    python.write_text("#!/bin/sh\nexit 0\n")
    assert make(project, "test").returncode == 0


def test_clean_without_an_environment_cannot_tell(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    done = make(project, "clean")
    assert done.returncode == 2
    assert "cannot tell" in done.stderr


@pytest.mark.parametrize(("full", "given"), [({}, ()), ({"FULL": ""}, ()), ({"FULL": "1"}, ("--full-placebo",))])
def test_verify_watches_doing_nothing_in_full_where_that_is_asked_for(
    full: dict[str, str], given: tuple[str, ...], project: Path
) -> None:
    done = make(project, "verify", **full)
    assert done.returncode == 0, done.stderr
    words = (project / "given").read_text().split()
    assert words == ["-m", "pytest", "scenarios", "-n", "auto", "--dist", "worksteal", *given]


def test_verify_holds_the_part_that_is_asked_for(project: Path) -> None:
    make(project, "verify", SHARD="2/4")
    assert (project / "given").read_text().split()[-2:] == ["--shard", "2/4"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_shard_is_passed_on_as_it_is_and_never_run(project: Path, hostile: str) -> None:
    assert make(project, "verify", f"SHARD={hostile}").returncode == 0
    assert (project / "given").read_text().endswith(f"--shard\n{hostile}\n")
    assert not (project / "owned").exists()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_full_is_never_run(project: Path, hostile: str) -> None:
    assert make(project, "verify", f"FULL={hostile}").returncode == 0
    assert not (project / "owned").exists()


@pytest.mark.parametrize(
    ("variables", "given"),
    [({}, []), ({"SEED": "7"}, ["--seed", "7"]), ({"SEED": "7", "N": "20"}, ["--seed", "7", "--number", "20"])],
)
def test_mutants_are_those_of_the_seed_that_is_given(
    variables: dict[str, str], given: list[str], project: Path
) -> None:
    assert make(project, "mutants", **variables).returncode == 0
    assert (project / "given").read_text().splitlines() == ["-m", "drills", "mutants", *given]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_seed_and_number_are_never_run(project: Path, hostile: str) -> None:
    assert make(project, "mutants", f"SEED={hostile}", f"N={hostile}").returncode == 0
    assert not (project / "owned").exists()
