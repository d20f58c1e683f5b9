"""Input that cannot be used ends a run with one sentence and exit code 4 before anything starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from drills.plugin.output import claim
from tests.helpers.paths import DESCRIPTOR
from tests.helpers.pytest_run import pytest_ended, without_engine
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = ("--collect-only", "-q", "-p", "no:cacheprovider")


def refused(output: Path | str, *options: str) -> str:
    """Return what a run says that has to be refused; where it is not, there is no engine to boot anything in."""
    code, said = without_engine(output, *options)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "boot the" not in said
    return said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("scenarios", "--cause", "5.1", "--arm", "original"),
            "nothing corrects the row of 5.1, so it has no original",
        ),
        (("scenarios", "-k", "connection_leak", "--arm", "original"), "so it has no original; those of"),
        (("scenarios", "-k", "connection_leak", "--arm", "original", "-n", "1"), "so it has no original; those of"),
        (("scenarios", "-m", "headlin", "-n", "1"), "Unknown marker(s) in '-m' expression: headlin"),
        (("scenarios", "--cause", "9.9"), "there is no cause '9.9'"),
        (("scenarios/test_incident_5.py", "--cause", "6.1"), "cause 6.1: its drill is in test_incident_6.py"),
        (("tests/common", "--cause", "5.1"), "choose drills, and no test that was named is a drill"),
        (("scenarios", "--time-scale", "0.5"), "--time-scale must be 1 (real time) or more"),
        (("scenarios", "--time-scale", "nan"), "the time scale must be a number above 0"),
        (("scenarios", "--runbook", "/no/such.md"), "/no/such.md"),
        (("scenarios", "--stack", "/no/such.toml"), "/no/such.toml: not a readable stack descriptor"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_boots(
    options: tuple[str, ...], sentence: str, evidence: list[Path]
) -> None:
    assert sentence in refused(evidence[0].parents[2], *options)
    assert all(path.exists() for path in evidence)


@pytest.mark.parametrize(
    ("causes", "drills"), [(("5",), 5), (("5.1,6.1",), 2), (("5.1", "6.1"), 2)], ids=["incident", "list", "twice"]
)
def test_causes_may_be_an_incident_or_a_list(causes: tuple[str, ...], drills: int, tmp_path: Path) -> None:
    code, said = pytest_ended(tmp_path, "scenarios", *CHEAP, *(f"--cause={cause}" for cause in causes))
    assert (code, f"{drills}/" in said.splitlines()[-1]) == (0, True), said


def test_a_misspelt_fault_of_the_stack_is_refused_before_anything_boots(tmp_path: Path) -> None:
    stack = tmp_path / "misspelt.toml"
    text = DESCRIPTOR.read_text(encoding="utf-8").replace('"connection leak"', '"conection leak"')
    paths = ["images", "patches", "services", "config", "scripts", "compose.yaml", "curl-format.txt", "defaults.env"]
    for name in paths:
        (tmp_path / name).symlink_to(DESCRIPTOR.parent / name)
    stack.write_text(text, encoding="utf-8")
    said = refused(tmp_path / "output", "scenarios", "--cause", "5.1", "--stack", str(stack))
    assert "there is no fault 'conection leak'; write 'connection leak'" in said


def test_a_folder_in_use_is_refused(evidence: list[Path]) -> None:
    output = evidence[0].parents[2]
    release = claim(output)
    try:
        said = refused(output, "scenarios", "--collect-only")
    finally:
        release()
    assert f"in use by process {os.getpid()} since " in said
    assert all(path.exists() for path in evidence)


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for given in (tmp_path / "file" / "x", ""):
        assert f"--output {given}" in refused(given, "scenarios", "--collect-only").replace("''", "")


@pytest.mark.parametrize("options", [("--cause", "5.2"), ("-k", "left_out or other"), ("--cause", "5.2", "-n", "1")])
def test_a_run_that_judged_no_drill_is_red_whatever_passed(options: tuple[str, ...], suite: Path) -> None:
    code, said = pytest_ended(suite / "output", *options, cwd=suite)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED, said
    assert "Nothing was judged" in said
    assert "1 passed" in said


def test_a_run_that_asked_for_drills_and_collected_none_is_refused(suite: Path) -> None:
    code, said = pytest_ended(suite / "output", "test_drills.py::test_other", "--cause", "5.1", cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said


def test_a_stack_in_another_folder_is_read(tmp_path: Path, suite: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = described(tmp_path / "elsewhere")
    code, said = pytest_ended(suite / "output", *CHEAP, "--cause", "5.1", "--stack", str(path), cwd=suite)
    assert code == pytest.ExitCode.OK, said


def test_a_misspelt_fault_of_the_catalogue_is_refused_in_any_suite(tmp_path: Path, suite: Path) -> None:
    described(tmp_path, ('"crashed container"', '"container crashd"'))
    code, said = without_engine(suite / "output", "--cause", "5.1", cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "there is no fault 'container crashd'; write 'container crashed'" in said
