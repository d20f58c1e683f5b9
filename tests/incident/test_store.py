"""One file an incident: ids without gaps or collisions, and lines that are whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import drills
from drills.incident.entries import AnyEntry, Made, Note, Opened
from drills.incident.errors import IncidentError
from drills.incident.store import append, create, read
from tests.helpers.incidents import BEGAN, at, note, opened, resolved

ENGINE = Path(drills.__file__).parents[1]
PROCESSES, EACH = 3, 8
WORKER = """
import sys
from pathlib import Path
from drills.incident.entries import Made, Note, Topic, read_entry
from drills.incident.store import append, create

folder, name, each, line = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
made = Made(read_entry(line.encode(), "the test"))
for number in range(each):
    print(create(folder, made), flush=True)
    text = f"{name} {number} " + "x" * 5000
    append(folder, "INC-2026-03-01-001", lambda _: Note(at=made.opened.at, about=Topic.OBSERVATION, text=text))
"""
WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
from drills.incident.entries import read_entry
from drills.incident.errors import IncidentError
from drills.incident.store import append

folder, identity, line, limit = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    append(folder, identity, lambda _: read_entry(line.encode(), "the test"))
except IncidentError as error:
    print(error)
"""


def python(script: str, *words: object) -> subprocess.Popen[str]:
    """Start a process of its own with the engine that is tested here."""
    command = [sys.executable, "-c", script, *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ENGINE)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def made(**about: object) -> Made:
    return Made(opened(**about))  # type: ignore[arg-type]  # the fields of an opening


def test_parallel_processes_get_ids_without_gap_or_collision_and_lose_no_line(tmp_path: Path) -> None:
    line = opened().model_dump_json()
    workers = [python(WORKER, tmp_path, name, EACH, line) for name in range(PROCESSES)]
    ids = sorted(line for worker in workers for line in worker.communicate(timeout=60)[0].split())
    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    assert ids == [f"INC-2026-03-01-{number:03d}" for number in range(1, PROCESSES * EACH + 1)]
    notes = [each.text for each in read(tmp_path, ids[0]) if isinstance(each, Note)]
    expected = {f"{name} {number}" for name in range(PROCESSES) for number in range(EACH)}
    assert {text.rpartition(" ")[0] for text in notes} == expected
    assert len(notes) == PROCESSES * EACH


def test_each_day_counts_from_one(tmp_path: Path) -> None:
    create(tmp_path, made())
    assert create(tmp_path, made(started=at(-60 * 24))) == "INC-2026-02-28-001"
    assert create(tmp_path, made()) == "INC-2026-03-01-002"


def test_thousandth_incident_of_a_day_has_four_digits(tmp_path: Path) -> None:
    (tmp_path / "INC-2026-03-01-999.jsonl").touch()
    assert create(tmp_path, made()) == "INC-2026-03-01-1000"
    assert read(tmp_path, "INC-2026-03-01-1000")


def test_same_record_keeps_its_id(tmp_path: Path) -> None:
    create(tmp_path, made())
    first = create(tmp_path, made(source_sha256="ab"))
    assert create(tmp_path, made(source_sha256="ab")) == first == "INC-2026-03-01-002"
    assert create(tmp_path, made(source_sha256="cd")) == "INC-2026-03-01-003"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    entries = (note(1, "a line\nand \u2028 another"), resolved(2))
    identity = create(tmp_path, Made(opened(), entries))
    first, *rest = read(tmp_path, identity)
    assert isinstance(first, Opened)
    assert first.id == identity
    assert tuple(rest) == entries


def test_line_that_a_kill_tore_is_left_out_and_cut_away(tmp_path: Path) -> None:
    identity = create(tmp_path, made())
    path = tmp_path / f"{identity}.jsonl"
    with path.open("a") as file:
        file.write('{"at": "2026-')
    assert len(read(tmp_path, identity)) == 1
    append(tmp_path, identity, lambda _: note(1, "whole"))
    assert [each.at for each in read(tmp_path, identity)] == [BEGAN.isoformat(), at(1)]
    assert path.read_text().count("\n") == 2


def test_refused_line_is_not_written(tmp_path: Path) -> None:
    identity = create(tmp_path, made())
    before = (tmp_path / f"{identity}.jsonl").read_bytes()

    def refuse(entries: object) -> AnyEntry:
        raise IncidentError(f"no more lines after {entries}")

    with pytest.raises(IncidentError, match="no more lines"):
        append(tmp_path, identity, refuse)
    assert (tmp_path / f"{identity}.jsonl").read_bytes() == before


def test_line_that_does_not_fit_is_cut_away_whole(tmp_path: Path) -> None:
    """A limit of the file's size stands for a full disk: both take the beginning of a line."""
    identity = create(tmp_path, made())
    path = tmp_path / f"{identity}.jsonl"
    before = path.read_bytes()
    line = note(1, "too long").model_dump_json()
    said, _ = python(WITHOUT_ROOM, tmp_path, identity, line, len(before) + 20).communicate(timeout=60)
    assert "cannot be written to: there is no room for the line" in said
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("INC-2026-03-01-009", "there is no incident INC-2026-03-01-009 in .*; the newest is INC-2026-03-01-001"),
        ("../secrets", "is no incident; expected an id like"),
        ("INC-2026-03-01-001/../x", "is no incident"),
    ],
)
def test_unknown_incident_is_named(tmp_path: Path, identity: str, said: str) -> None:
    create(tmp_path, made())
    with pytest.raises(IncidentError, match=said):
        read(tmp_path, identity)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected a first line of kind 'opened'"),
        ("not json\n", ":1: expected"),
        ('{"kind": "note", "at": "2026-03-01T03:00", "about": "weather", "text": "x"}\n', '"about" to be one of'),
        ('{"kind": "note", "at": "soon", "about": "action", "text": "x"}\n', "is no time"),
        ('{"kind": "resolved", "at": "2026-03-01T03:00", "text": ""}\n', '"text"'),
    ],
)
def test_file_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "INC-2026-03-01-001.jsonl").write_text(content)
    with pytest.raises(IncidentError, match=said):
        read(tmp_path, "INC-2026-03-01-001")


def test_foreign_file_in_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "INC-2026-03-01-copy.jsonl").touch()
    with pytest.raises(IncidentError, match="its name is no incident's"):
        create(tmp_path, made())
