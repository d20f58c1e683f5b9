"""What an earlier run left is replaced, and nothing beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from drills.plugin.earlier_run import checks_left, drills_left

if TYPE_CHECKING:
    from pathlib import Path


def result(folder: Path, name: str, test: str) -> list[Path]:
    """Lay down a test's result with two attachments and what was noted of a fixture."""
    folder.mkdir(parents=True, exist_ok=True)
    top, inner = folder / f"{name}-a-attachment.txt", folder / f"{name}-b-attachment.txt"
    for path in (top, inner):
        path.touch()
    steps = [{"attachments": [{"source": inner.name}]}]
    body = {"uuid": name, "fullName": test, "attachments": [{"source": top.name}], "steps": steps}
    written, around = folder / f"{name}-result.json", folder / f"{name}-container.json"
    written.write_text(json.dumps(body), encoding="utf-8")
    around.write_text(json.dumps({"uuid": "c", "children": [name]}), encoding="utf-8")
    return [top, inner, written, around]


def arm(output: Path, name: str, file: str = "history.jsonl") -> Path:
    (output / "drills" / name).mkdir(parents=True)
    (output / "drills" / name / file).touch()
    return output / "drills" / name


def test_checks_keep_the_drills_and_drills_keep_the_checks(tmp_path: Path) -> None:
    results = tmp_path / "allure-results"
    drills = [*result(results, "d", "scenarios.test_incident_5#test_leak"), arm(tmp_path, "5.1-documented")]
    checks = result(results, "c", "checks.test_smoke#test_smoke")
    checks_left(tmp_path, "1", {"checks"}).remove()
    assert [path.exists() for path in (*drills, *checks)] == [True] * 5 + [False] * 4
    drills_left(tmp_path, "2", {"scenarios"}).remove()
    assert not any(path.exists() for path in drills)


def test_what_other_people_keep_there_is_never_touched(tmp_path: Path) -> None:
    results = tmp_path / "allure-results"
    results.mkdir()
    mine = [tmp_path / "drills" / "thesis.txt", results / "notes.md", results / "odd-result.json", tmp_path / "x"]
    theirs = [arm(tmp_path, "notes"), arm(tmp_path, "5.1-documented", "thesis.txt"), arm(tmp_path, "chapter-one")]
    for path in mine:
        path.write_text("[]", encoding="utf-8")
    drills_left(tmp_path, "1", {"scenarios", "notes"}).remove()
    assert all(path.exists() for path in (*mine, *theirs))


def test_an_attachment_is_never_looked_for_outside(tmp_path: Path) -> None:
    results = tmp_path / "allure-results"
    results.mkdir()
    (tmp_path / "thesis.txt").touch()
    body = {"fullName": "scenarios.t#t", "attachments": [{"source": "../thesis.txt"}]}
    (results / "x-result.json").write_text(json.dumps(body), encoding="utf-8")
    drills_left(tmp_path, "1", {"scenarios"}).remove()
    assert (tmp_path / "thesis.txt").exists()
    assert not (results / "x-result.json").exists()


def test_only_the_first_process_of_a_run_removes(tmp_path: Path) -> None:
    first, second = (drills_left(tmp_path, "1", {"scenarios"}) for _ in range(2))
    arm(tmp_path, "5.1-placebo")
    late = drills_left(tmp_path, "1", {"scenarios"})
    said: list[str] = []
    first.remove(and_then=lambda: said.append("first"))
    second.remove(and_then=lambda: said.append("second"))
    late.remove()
    assert said == ["first"]
    assert (tmp_path / "drills" / "5.1-placebo").exists()
    assert first.replaced()
    assert not drills_left(tmp_path, "2", {"scenarios"}).replaced()


def test_a_removal_that_is_interrupted_removes_nothing(tmp_path: Path) -> None:
    kept = [
        *result(tmp_path / "allure-results", "d", "scenarios.t#t"),
        arm(tmp_path, "5.1-documented") / "history.jsonl",
    ]
    earlier = drills_left(tmp_path, "1", {"scenarios"})

    def interrupted() -> None:
        assert not any(path.exists() for path in kept)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        earlier.remove(and_then=interrupted)
    assert all(path.exists() for path in kept)
    assert not earlier.replaced()


def test_files_of_other_people_beside_a_record_stay(tmp_path: Path) -> None:
    folder = arm(tmp_path, "5.1-documented")
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    drills_left(tmp_path, "1", {"scenarios"}).remove()
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
