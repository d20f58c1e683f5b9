from pathlib import Path

import pytest

from drills.sandbox import scratch_folder as folder
from drills.sandbox.labels import this_owner

GONE = f"{this_owner()}0"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_folder_of_a_killed_run_is_removed() -> None:
    left = folder.new_folder()
    (left / folder.OWNER_FILE).write_text(GONE)
    (left / "authority.pem").touch()
    folder.sweep_folders()
    assert not left.exists()


def test_folder_of_a_run_that_goes_on_stays() -> None:
    ours, kept = folder.new_folder(), folder.new_folder(kept=True)
    folder.sweep_folders()
    assert ours.exists()
    assert kept.exists()


def test_folder_of_another_program_stays(tmp_path: Path) -> None:
    other = tmp_path / "something-else"
    other.mkdir()
    (other / folder.OWNER_FILE).write_text(GONE)
    folder.sweep_folders()
    assert other.exists()
