"""A second run keeps what the owner changed, and what the owner deleted stays deleted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from drills.adopt import manifest
from drills.adopt.manifest import Manifest, ManifestError

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 12, 1)
TEXTS = {"stack.toml": "a\n", "scenarios/test_incident_1.py": "b\n"}


def written(folder: Path, texts: dict[str, str]) -> tuple[str, ...]:
    return manifest.write(folder, texts, manifest.read(folder, TODAY))


def test_a_first_run_writes_every_file_and_the_next_one_says_nothing(tmp_path: Path) -> None:
    assert written(tmp_path, TEXTS) == ("stack.toml: written", "scenarios/test_incident_1.py: written")
    assert written(tmp_path, TEXTS) == ()
    assert (tmp_path / "scenarios" / "test_incident_1.py").read_text() == "b\n"


def test_a_changed_file_stays_and_the_new_one_is_beside_it(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    (tmp_path / "stack.toml").write_text("mine\n")
    (said,) = written(tmp_path, TEXTS)
    assert said == (
        "stack.toml: it was changed and stays as it is; what would be written is in stack.toml.new: compare the two"
    )
    assert (tmp_path / "stack.toml").read_text() == "mine\n"
    assert (tmp_path / "stack.toml.new").read_text() == "a\n"
    (tmp_path / "stack.toml").write_text("a\n")
    assert written(tmp_path, TEXTS) == ()
    assert not (tmp_path / "stack.toml.new").exists()


def test_a_file_that_was_not_changed_follows_the_project(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    assert written(tmp_path, TEXTS | {"stack.toml": "c\n"}) == ("stack.toml: written anew, as it was not changed",)
    assert (tmp_path / "stack.toml").read_text() == "c\n"


def test_a_deleted_file_stays_deleted(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    (tmp_path / "stack.toml").unlink()
    for _ in range(2):
        (said,) = written(tmp_path, TEXTS)
        assert said.startswith("stack.toml: it was deleted, and stays deleted")
    assert not (tmp_path / "stack.toml").exists()


def test_a_file_that_was_there_before_is_its_owners(tmp_path: Path) -> None:
    (tmp_path / "stack.toml").write_text("mine\n")
    assert "stays as it is" in written(tmp_path, TEXTS)[0]
    assert (tmp_path / "stack.toml").read_text() == "mine\n"


def test_a_module_that_nothing_asks_for_is_removed_unless_it_was_changed(tmp_path: Path) -> None:
    more = TEXTS | {"scenarios/test_incident_2.py": "x\n", "scenarios/test_incident_3.py": "y\n"}
    written(tmp_path, more)
    (tmp_path / "scenarios" / "test_incident_3.py").write_text("mine\n")
    said = sorted(written(tmp_path, TEXTS))
    assert said[0].startswith("scenarios/test_incident_2.py: removed")
    assert said[1].startswith("scenarios/test_incident_3.py: nothing asks for it any more, but it was changed")
    assert sorted(each.name for each in (tmp_path / "scenarios").iterdir()) == [
        "test_incident_1.py",
        "test_incident_3.py",
    ]


def test_the_last_day_of_the_waivers_is_that_of_the_first_run(tmp_path: Path) -> None:
    first = manifest.read(tmp_path, TODAY)
    manifest.write(tmp_path, TEXTS, first)
    assert manifest.read(tmp_path, TODAY + timedelta(days=50)).until == first.until == TODAY + timedelta(days=90)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not the list of what was written"),
        ("[]", "not the list of what was written"),
        (json.dumps({"schema": 2, "files": {}, "until": "2027-01-01"}), "its schema is 2, not 1"),
        (json.dumps({"schema": 1, "files": {}, "until": "soon"}), "not the list of what was written"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / manifest.NAME).write_text(text)
    with pytest.raises(ManifestError, match=why):
        manifest.read(tmp_path, TODAY)


def test_a_manifest_names_no_file_that_it_did_not_write(tmp_path: Path) -> None:
    manifest.write(tmp_path, TEXTS, Manifest({}, TODAY))
    assert set(manifest.read(tmp_path, TODAY).files) == set(TEXTS)
