"""Notes of what a run leaves: on disk at once, its own while it lives, the next one's when it was killed."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drills.checks.artifacts import Artifact, Artifacts, Kind, left_over, made_at_s, new_notes, new_tag, tag_in
from drills.checks.cleanup.clear import FOLDER, clear, clear_left_over, notes_of
from drills.checks.cleanup.removal import remove
from drills.checks.cleanup.report import Tidied
from drills.checks.cleanup.sweep import forgotten
from drills.checks.target import Target
from tests.helpers.fake_system import fake_system

SYSTEM = "http://plan.example.org"
BARE = Target("bare", SYSTEM)
JOB = "00000000-0000-4000-8000-000000000001"
NOTES_AND_DIES = f"""
import os, pathlib, signal, sys
from drills.checks.artifacts import Kind, new_notes
new_notes(pathlib.Path(sys.argv[1]), "{SYSTEM}").note(Kind.JOB, "{JOB}")
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
def test_what_others_call_their_things_has_no_tag(name: str) -> None:
    assert (tag_in(name), made_at_s(name)) == (None, None)


def test_notes_of_a_killed_run_are_found(tmp_path: Path) -> None:
    killed_run(tmp_path)
    assert names(tmp_path) == [JOB]


def test_notes_about_another_system_are_not(tmp_path: Path) -> None:
    killed_run(tmp_path)
    assert names(tmp_path, "http://elsewhere") == []


def test_notes_of_a_run_under_way_are_its_own(tmp_path: Path) -> None:
    running = new_notes(tmp_path, SYSTEM)
    running.note(Kind.JOB, JOB)
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
    notes.note(Kind.JOB, JOB)
    notes.keep([])
    assert list(tmp_path.iterdir()) == []


def test_what_the_target_gives_no_way_to_is_told_and_not_tried_again(tmp_path: Path) -> None:
    killed_run(tmp_path / FOLDER)
    said = clear_left_over(tmp_path, BARE)
    assert said == ["from a run that was killed: 1 job stays: the target gives no Postgres DSN"]
    assert clear_left_over(tmp_path, BARE) == []


def test_what_could_not_be_removed_stays_noted_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_removed(_: Target, artifacts: tuple[Artifact, ...]) -> Tidied:
        tidied = Tidied()
        tidied.stay(artifacts, "no answer within 5 s", again=True)
        return tidied

    killed_run(tmp_path / FOLDER)
    monkeypatch.setattr("drills.checks.cleanup.clear.remove", none_removed)
    again = "from a run that was killed: 1 job stays: no answer within 5 s"
    assert clear_left_over(tmp_path, BARE) == [again]
    assert clear_left_over(tmp_path, BARE) == [again]
    later = time.time() + 2 * 86400
    monkeypatch.setattr("drills.checks.cleanup.clear.time.time", lambda: later)
    assert clear_left_over(tmp_path, BARE)[-1].endswith("1 artifact given up after a day")
    assert clear_left_over(tmp_path, BARE) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.KEY, "sess:somebody"),
        (Kind.KEY, "bull:pdf-processing:1"),
        (Kind.TABLE, "jobs"),
        (Kind.TABLE, 'synthetic_x"; DROP TABLE jobs; --'),
        (Kind.OBJECT, "uploads/real.pdf"),
        (Kind.SESSION, "*"),
    ],
)
def test_names_that_are_not_ours_are_refused(kind: Kind, name: str) -> None:
    stores = Target("x", SYSTEM, redis_url="redis://127.0.0.1:1", postgres_dsn="postgresql://u:p@127.0.0.1:1/x")
    tidied = remove(stores, [Artifact(kind, name, 0.0)])
    assert tidied.sentences() == [f"1 {kind} stays: not a name that checks give"]


def test_store_that_is_gone_is_told_and_tried_again() -> None:
    artifact = Artifact(Kind.KEY, "synthetic:x", time.time())
    tidied = remove(Target("x", SYSTEM, redis_url="redis://:hush-hush@127.0.0.1:1"), [artifact])
    assert (tidied.sentences(), tidied.left) == (["1 key stays: connection refused"], [artifact])


def test_store_that_answers_nonsense_takes_no_verdict_along(tmp_path: Path) -> None:
    with fake_system({"GET *": (500, {"no": "xml"})}) as store:
        target = Target("x", SYSTEM, store_url=store.url, s3_access_key="access", s3_secret_key="secret")
        assert forgotten(target) == []
        killed_run(tmp_path / FOLDER)
        assert len(clear_left_over(tmp_path, target)) == 1
        assert [one.path for one in store.asked] != []


def test_notes_hold_no_password(tmp_path: Path) -> None:
    target = Target("x", "https://admin:hush-hush@plan.example.org")
    notes = notes_of(tmp_path, target)
    notes.note(Kind.JOB, JOB)
    assert notes.path
    assert "https://admin:***@plan.example.org" in notes.path.read_text()
    notes.keep(notes.all())
    assert clear_left_over(tmp_path, target) != []


def test_run_that_left_nothing_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("drills.checks.cleanup.clear.forgotten", lambda target: asked.append(target.name))
    assert (clear(Artifacts(), BARE), asked) == ([], [])
