"""`drills incident` at the command line: what it writes, what it says, and what it refuses without writing anything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from drills import cli
from drills.commands import incident_actions
from drills.runbook import load
from tests.helpers.incidents import RECORDS, checks_file
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

BAD_INPUT = 4
SECRET = "tr0ub4dor&3"
AN_HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="minutes")


class Incidents:
    """The command with a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.said = ""

    def __call__(self, *words: str) -> str:
        assert self.code(*words) == 0, self.said
        return self.out

    def code(self, *words: str) -> int:
        try:
            code = cli.main(["incident", *words, "--folder", str(self.folder), "--runbook", str(RUNBOOK)])
        except SystemExit as end:
            code = int(end.code or 0)
        self.out, self.said = self.capsys.readouterr()
        return code

    def new(self, *words: str) -> str:
        return self("new", "--sev", "2", "--title", "Uploads fail", "--time", AN_HOUR_AGO, *words).strip()

    def lines(self, identity: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / f"{identity}.jsonl").read_text().splitlines()]

    def content(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.glob("*.jsonl")}


@pytest.fixture
def incidents(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Incidents:
    """Reading our own runbook takes longer than all that is tested here, so it is read once."""
    monkeypatch.setattr(incident_actions, "load", lambda path: OWN_RUNBOOK if path == OWN_RUNBOOK.path else load(path))
    return Incidents(tmp_path / "incidents", capsys)


def test_incident_is_written_down_and_its_documents_are_made(incidents: Incidents, tmp_path: Path) -> None:
    identity = incidents.new("--incident", "1", "--by", "Ana")
    assert "SEV-2: " in incidents.said
    assert "The next status update is due by" in incidents.said
    incidents("note", identity, "the disk is full", "--about", "root cause")
    assert "Escalate to Engineering Lead: " in incidents.said
    incidents("update", identity, "making room", "--status", "mitigating", "--sev", "SEV-3")
    incidents("escalate", identity, "who may delete?", "--to", "product owner")
    incidents("resolve", identity, "images were deleted")
    assert "Escalate" not in incidents.said
    incidents("note", identity, "passed", "--about", "evidence", "--point", "smoke")
    kinds = [each["kind"] for each in incidents.lines(identity)]
    assert kinds == ["opened", "note", "update", "escalated", "resolved", "note"]
    assert incidents.lines(identity)[2]["status"] == "Mitigating"
    said = incidents("render", identity, "--output", str(tmp_path / "out"))
    names = {path.name for path in (tmp_path / "out" / identity).iterdir()}
    assert said == f"{len(names)} files in {tmp_path / 'out' / identity}\n"
    assert {"notification.eml", "update-1.md", "resolution.slack.json", "review.html", "review.ics"} <= names
    assert incidents.said == ""


def test_rendering_again_gives_the_same_bytes_and_removes_what_is_no_more(incidents: Incidents, tmp_path: Path) -> None:
    identity, folder = incidents.new(), tmp_path / "out"
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    incidents("render", identity, "--output", str(folder), "--at", later)
    assert (folder / identity / "update-3.md").exists()
    (folder / identity / "mine.odt").touch()
    incidents("render", identity, "--output", str(folder))
    first = {path.name: path.read_bytes() for path in (folder / identity).iterdir()}
    incidents("render", identity, "--output", str(folder))
    assert {path.name: path.read_bytes() for path in (folder / identity).iterdir()} == first
    assert "update-3.md" not in first
    assert "mine.odt" in first


@pytest.mark.parametrize("file", ["", "history.jsonl"])
def test_record_of_a_drill_gets_one_incident(incidents: Incidents, file: str) -> None:
    path = str(RECORDS / "1.1-documented" / file)
    assert incidents("from-record", path).strip() == "INC-2026-11-30-001"
    assert incidents("from-record", path).strip() == "INC-2026-11-30-001"
    assert "SEV-2: " in incidents.said


def test_declared_level_replaces_the_observed_one(incidents: Incidents) -> None:
    identity = incidents("from-record", str(RECORDS / "1.1-documented"), "--sev", "1").strip()
    assert incidents.lines(identity)[0]["severity"] == "SEV-1"
    assert "a person declared it" in incidents.said


def test_run_of_checks_becomes_an_incident(incidents: Incidents, tmp_path: Path) -> None:
    identity = incidents("from-record", str(checks_file(tmp_path))).strip()
    assert incidents.lines(identity)[0]["origin"] == "checks"


def test_no_secret_reaches_a_file(incidents: Incidents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", SECRET)
    known = ("--secret-variable", "THE_SECRET")
    identity = incidents.new("--by", f"Ana {SECRET}", *known)
    incidents("note", identity, f"password={SECRET}, and postgres://user:hunter2@db/x", *known)
    incidents("update", identity, f"tried {SECRET}", *known)
    incidents("escalate", identity, f"is {SECRET} right?", "--to", "Product Owner", *known)
    incidents("resolve", identity, f"set {SECRET}", *known)
    incidents("render", identity, "--output", str(tmp_path / "out"), *known)
    written = [path for folder in (incidents.folder, tmp_path / "out") for path in folder.rglob("*") if path.is_file()]
    assert len(written) > 20
    assert [path for path in written if SECRET.encode() in path.read_bytes() or b"hunter2" in path.read_bytes()] == []
    assert b"***" in (incidents.folder / f"{identity}.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("update", "ID", "x", "--sev", "9"), "there is no severity '9'; incidents.md has SEV-1"),
        (("update", "ID", "x", "--status", "Resolved"), "there is no status 'Resolved'; the templates have Investig"),
        (("update", "ID", "x", "--time", "2099-01-01"), "is later than"),
        (("update", "ID", "x", "--time", "2001-01-01"), "'2001-01-01' is before the newest line that was sent, of"),
        (("update", "ID", "x", "--time", "soon"), "'soon' is no time"),
        (("update", "ID", "  "), "the text is empty"),
        (("update", "INC-2001-01-01-001", "x"), "there is no incident INC-2001-01-01-001"),
        (("update", "7", "x"), "'7' is no incident; expected an id like"),
        (("escalate", "ID", "x", "--to", "the king"), "the runbook escalates to no 'the king'; its roles are Engin"),
        (("note", "ID", "x", "--owner", "me"), "--owner and --priority belong to an action item"),
        (("note", "ID", "x", "--about", "evidence"), "--about evidence and --point WORDS belong together"),
        (("note", "ID", "x", "--about", "evidence", "--point", "moon"), "no step after the resolution says 'moon'"),
        (("note", "ID", "x", "--about", "weather"), "invalid choice: 'weather'"),
        (("note", "ID", "tomorrow", "--about", "review meeting"), "'tomorrow' is no time"),
        (("note", "ID", "x", "--secret-variable", "NOT_SET"), "--secret-variable NOT_SET: it is not set"),
        (("new", "--sev", "2", "--title", " "), "the text is empty"),
        (("new", "--sev", "2", "--title", "x", "--incident", "99"), "there is no incident 99"),
        (("new", "--sev", "2", "--title", "x", "--started", "2099-01-01"), "is later than"),
        (("new", "--title", "x"), "the following arguments are required: --sev"),
        (("from-record", "/nowhere"), "/nowhere/history.jsonl: expected a recorded file, found none"),
        (("from-record", "/nowhere/checks.json"), "/nowhere/checks.json: expected a recorded file, found none"),
        (("render", "ID", "--at", "x"), "'x' is no time"),
        (("render", "ID", "--output", "/dev/null"), "/dev/null/"),
        (("rendre", "ID"), "invalid choice: 'rendre'"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(incidents: Incidents, words: tuple[str, ...], said: str) -> None:
    identity = incidents.new()
    before = incidents.content()
    assert incidents.code(*(identity if word == "ID" else word for word in words)) == BAD_INPUT
    assert said in incidents.said
    assert incidents.said.count("\n") == 1
    assert incidents.out == ""
    assert incidents.content() == before


@pytest.mark.parametrize(
    "words",
    [("update", "x"), ("resolve", "again"), ("escalate", "x", "--to", "Product Owner")],
    ids=lambda words: words[0],
)
def test_only_notes_follow_a_resolution(incidents: Incidents, words: tuple[str, ...]) -> None:
    identity = incidents.new()
    incidents("resolve", identity, "done")
    before = incidents.content()
    assert incidents.code(words[0], identity, *words[1:]) == BAD_INPUT
    assert "only notes follow a resolution" in incidents.said
    assert incidents.content() == before
    incidents("note", identity, "a lesson", "--about", "lesson")


def test_record_that_decides_no_severity_is_refused_until_a_person_names_it(
    incidents: Incidents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = RUNBOOK.read_text(encoding="utf-8").replace("- The queue stays long (> 500 jobs)\n", "")
    text = text.replace("(p95 > 10s but < 30s)", "").replace("without a second instance is down", "is bad")
    other = tmp_path / "runbook.md"
    other.write_text(text, encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.RUNBOOK", other)
    assert incidents.code("from-record", str(RECORDS / "6.1-documented")) == BAD_INPUT
    assert "no sentence of runbook.md decides the severity; name it with --sev N" in incidents.said
    assert incidents.content() == {}
    assert incidents("from-record", str(RECORDS / "6.1-documented"), "--sev", "3").startswith("INC-2026-11-30-001")
