"""Notes of what a run leaves are on disk at once; a later run reads them once the run that wrote them has ended."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checks.cleanup import kinds
from checks.cleanup.own import CLEANUP
from drills.checks.artifacts import Artifact, Artifacts, Kind, left_over, made_at_s, new_notes, new_tag, tag_in
from drills.checks.cleanup.cleanup import FOLDER, Cleanup, notes_of
from drills.checks.cleanup.removal import CleanupReport
from drills.checks.target import Target
from tests.helpers.checking import target_at
from tests.helpers.fake_system import fake_system

SYSTEM = "http://plan.example.org"
BARE = Target(name="bare", front_url=SYSTEM)
JOB = "00000000-0000-4000-8000-000000000001"
NOTES_AND_DIES = f"""
import os, pathlib, signal, sys
from drills.checks.artifacts import new_notes
new_notes(pathlib.Path(sys.argv[1]), "{SYSTEM}").note("job", "{JOB}")
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_run(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", NOTES_AND_DIES, str(folder)], check=False)


def names(folder: Path, system: str = SYSTEM) -> list[str]:
    return [one.name for notes in left_over(folder, system) for one in notes.all()]


def test_tag_tells_when_it_was_made() -> None:
    tag = new_tag()
    assert re.fullmatch(r"SYN[0-9A-Z]{10}", tag)
    made = made_at_s(f"synthetic_{tag.lower()}")
    assert made is not None
    assert 0 <= made - time.time() <= 60


def test_tags_differ() -> None:
    assert len({new_tag() for _ in range(500)}) == 500


@pytest.mark.parametrize("name", ["COS 110", "SYN 101", "SYNTAX", "synthetic_table"])
def test_name_of_a_real_module_or_table_has_no_tag(name: str) -> None:
    assert (tag_in(name), made_at_s(name)) == (None, None)


def test_notes_of_a_killed_run_are_found(tmp_path: Path) -> None:
    killed_run(tmp_path)
    assert names(tmp_path) == [JOB]


def test_notes_about_another_system_are_left_alone(tmp_path: Path) -> None:
    killed_run(tmp_path)
    assert names(tmp_path, "http://elsewhere") == []


def test_notes_of_a_run_under_way_are_left_to_it(tmp_path: Path) -> None:
    running = new_notes(tmp_path, SYSTEM)
    running.note(kinds.JOB, JOB)
    assert names(tmp_path) == []
    running.keep(running.all())
    assert names(tmp_path) == [JOB]


def test_half_a_line_is_no_note(tmp_path: Path) -> None:
    killed_run(tmp_path)
    with next(tmp_path.iterdir()).open("a") as file:
        file.write('{"kind": "job", "na')
    assert names(tmp_path) == [JOB]


def test_run_that_left_nothing_leaves_no_file(tmp_path: Path) -> None:
    notes = new_notes(tmp_path, SYSTEM)
    notes.note(kinds.JOB, JOB)
    notes.keep([])
    assert list(tmp_path.iterdir()) == []


def test_artifact_in_a_store_without_an_address_is_reported_and_not_tried_again(tmp_path: Path) -> None:
    killed_run(tmp_path / FOLDER)
    said = CLEANUP.clear_left_over(tmp_path, BARE)
    assert said == ["from a run that was killed: 1 job stays: the target gives no Postgres DSN"]
    assert CLEANUP.clear_left_over(tmp_path, BARE) == []


def test_what_could_not_be_removed_stays_noted_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_removed(_: Cleanup, __: Target, artifacts: tuple[Artifact, ...]) -> CleanupReport:
        report = CleanupReport()
        report.stay(artifacts, "no answer within 5 s", again=True)
        return report

    killed_run(tmp_path / FOLDER)
    monkeypatch.setattr(Cleanup, "remove", none_removed)
    again = "from a run that was killed: 1 job stays: no answer within 5 s"
    assert CLEANUP.clear_left_over(tmp_path, BARE) == [again]
    assert CLEANUP.clear_left_over(tmp_path, BARE) == [again]
    later = time.time() + 2 * 86400
    monkeypatch.setattr("drills.checks.cleanup.cleanup.time.time", lambda: later)
    assert CLEANUP.clear_left_over(tmp_path, BARE)[-1].endswith("1 artifact given up after a day")
    assert CLEANUP.clear_left_over(tmp_path, BARE) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.KEY, "sess:somebody"),
        (Kind.KEY, "bull:pdf-processing:1"),
        (Kind.TABLE, "jobs"),
        (Kind.TABLE, 'synthetic_x"; DROP TABLE jobs; --'),
        (Kind.OBJECT, "uploads/real.pdf"),
        (kinds.SESSION, "*"),
    ],
)
def test_names_that_are_not_ours_are_refused(kind: Kind, name: str) -> None:
    stores = Target(
        name="x", front_url=SYSTEM, redis_url="redis://127.0.0.1:1", postgres_dsn="postgresql://u:p@127.0.0.1:1/x"
    )
    report = CLEANUP.remove(stores, [Artifact(kind, name, 0.0)])
    assert report.sentences() == [f"1 {kind} stays: not a name that checks give"]


def test_kind_that_only_another_suite_knows_is_reported() -> None:
    report = Cleanup().remove(BARE, [Artifact(kinds.JOB, JOB, 0.0)])
    assert (report.sentences(), report.left) == (["1 job stays: this suite does not know how to remove it"], [])


def test_store_that_does_not_answer_is_reported_and_tried_again() -> None:
    artifact = Artifact(Kind.KEY, "synthetic:x", time.time())
    report = CLEANUP.remove(target_at(SYSTEM, redis_url="redis://:hush-hush@127.0.0.1:1"), [artifact])
    assert (report.sentences(), report.left) == (["1 key stays: connection refused"], [artifact])


def test_store_that_answers_nonsense_takes_no_verdict_along(tmp_path: Path) -> None:
    with fake_system({"GET *": (500, {"no": "xml"})}) as store:
        target = Target(
            name="x",
            front_url=SYSTEM,
            store_url=store.url,
            s3_access_key="access",
            s3_secret_key="secret",
            s3_bucket="bkt",
        )
        assert CLEANUP.forgotten(target) == []
        killed_run(tmp_path / FOLDER)
        assert len(CLEANUP.clear_left_over(tmp_path, target)) == 1
        assert [one.path for one in store.asked] != []


def test_notes_hold_no_password(tmp_path: Path) -> None:
    target = target_at("https://admin:hush-hush@plan.example.org")
    notes = notes_of(tmp_path, target)
    notes.note(kinds.JOB, JOB)
    assert notes.path
    assert "https://admin:***@plan.example.org" in notes.path.read_text()
    notes.keep(notes.all())
    assert CLEANUP.clear_left_over(tmp_path, target) != []


def test_run_that_left_nothing_asks_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Cleanup, "forgotten", lambda _, target: asked.append(target.name))
    assert (CLEANUP.clear(Artifacts(), BARE), asked) == ([], [])
