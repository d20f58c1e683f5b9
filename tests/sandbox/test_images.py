"""An image's or a store's name follows its content: whatever changes makes a new one."""

from pathlib import Path

import pytest

from drills.sandbox.images import digest_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM base\n")
    (tmp_path / "deep" / "start.sh").write_text("exec true\n")
    return tmp_path


def test_the_same_content_has_the_same_name(folder: Path) -> None:
    assert digest_of([folder], "trixie") == digest_of([folder], "trixie")


def test_a_changed_file_changes_the_name(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "deep" / "start.sh").write_text("exec false\n")
    assert digest_of([folder]) != before


def test_a_changed_mode_changes_the_name(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "deep" / "start.sh").chmod(0o755)
    assert digest_of([folder]) != before


def test_a_renamed_file_changes_the_name(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "deep" / "start.sh").rename(folder / "deep" / "begin.sh")
    assert digest_of([folder]) != before


def test_an_added_file_changes_the_name(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "empty").touch()
    assert digest_of([folder]) != before


def test_another_base_changes_the_name(folder: Path) -> None:
    assert digest_of([folder], "trixie") != digest_of([folder], "forky")


def test_compiled_files_do_not_count(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"\0")
    assert digest_of([folder]) == before


def test_one_file_may_be_named_alone(folder: Path) -> None:
    assert digest_of([folder / "Dockerfile"]) != digest_of([folder / "deep" / "start.sh"])
