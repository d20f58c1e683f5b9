"""A bad release is a patch against the present sources: it fits them exactly, or its image is not built."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STACK = ROOT / "stack"
IMAGES = tomllib.loads((STACK / "images" / "images.toml").read_text(encoding="utf-8"))["image"]
PATCHES = [STACK / "patches" / image["args"]["PATCH"] for image in IMAGES if image["file"] == "release.Dockerfile"]
LOCK = STACK / "images" / "requirements.lock"
DOCKERFILE = (STACK / "images" / "release.Dockerfile").read_text(encoding="utf-8")
LINES = {
    "git": "git apply --verbose /build/${PATCH}",
    "patch": "".join(re.findall(r"^RUN (patch .+) \\$", DOCKERFILE, re.MULTILINE)),
}
"""The lines that apply a patch, by program: git is on every host; `patch`, which the images use, is on some."""
CHANGE = "  # changed"

each_patch = pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
each_program = pytest.mark.parametrize("program", [name for name in LINES if shutil.which(name)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the sources, laid out as in an image's working folder."""
    shutil.copytree(STACK / "services", tmp_path / "stack" / "services", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def applied(program: str, patch: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    line = LINES[program].replace("/build/${PATCH}", shlex.quote(str(patch)))
    english = os.environ | {"LC_ALL": "C"}
    return subprocess.run(shlex.split(line), cwd=folder, env=english, capture_output=True, text=True, check=False)


def content(folder: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def source(patch: Path, folder: Path) -> Path:
    """Return the one file that *patch* changes."""
    names: list[str] = re.findall(r"^--- a/(.+)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) == 1
    return folder / names[0]


def covered(patch: Path) -> list[int]:
    """Return the numbers, from 0, of the lines that *patch* knows of its source."""
    hunks = re.findall(r"^@@ -(\d+),(\d+) ", patch.read_text(encoding="utf-8"), re.MULTILINE)
    return [number for first, count in hunks for number in range(int(first) - 1, int(first) - 1 + int(count))]


def change(file: Path, lines: list[str], number: int) -> None:
    file.write_text("\n".join([*lines[:number], lines[number] + CHANGE, *lines[number + 1 :], ""]), encoding="utf-8")


def test_every_patch_belongs_to_an_image() -> None:
    assert sorted(PATCHES) == sorted((STACK / "patches").iterdir())


@each_patch
@each_program
def test_a_patch_fits_the_sources_exactly_and_what_it_makes_compiles(program: str, patch: Path, folder: Path) -> None:
    before = content(folder)
    done = applied(program, patch, folder)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert not re.search("offset|fuzz", said), f"write its line numbers anew: {said}"
    after = content(folder)
    assert after.keys() == before.keys(), "no .orig and no .rej stays behind"
    assert [path for path in after if after[path] != before[path]] == [source(patch, folder)]
    compile(after[source(patch, folder)], patch.name, "exec")


@each_patch
@each_program
def test_any_change_of_a_line_that_a_patch_knows_ends_the_build(program: str, patch: Path, folder: Path) -> None:
    file = source(patch, folder)
    lines = file.read_text(encoding="utf-8").splitlines()
    for number in covered(patch):
        change(file, lines, number)
        assert applied(program, patch, folder).returncode != 0, f"line {number + 1}: {lines[number]}"


@each_patch
@each_program
def test_a_change_of_any_other_line_reaches_the_release(program: str, patch: Path, folder: Path) -> None:
    file = source(patch, folder)
    lines = file.read_text(encoding="utf-8").splitlines()
    for number in set(range(len(lines))) - set(covered(patch)):
        change(file, lines, number)
        assert applied(program, patch, folder).returncode == 0
        assert lines[number] + CHANGE in file.read_text(encoding="utf-8").splitlines()


def test_the_broken_release_imports_a_package_that_no_image_has(folder: Path) -> None:
    patch = STACK / "patches" / "backend-1.1.0-broken.patch"
    applied("git", patch, folder)
    command = [sys.executable, "-I", str(source(patch, folder))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'statsd'\n")
    assert "statsd" not in LOCK.read_text(encoding="utf-8")
