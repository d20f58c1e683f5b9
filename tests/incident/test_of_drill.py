"""An incident made of a drill's real record says what the record says, and no number more."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from drills.incident.entries import Made, Measured, Note, Resolved, Topic
from drills.incident.errors import IncidentError
from drills.incident.facts import Facts, facts_of
from drills.incident.of_drill import of_drill
from drills.incident.severity import decided
from drills.record.reader import FILE
from tests.helpers import histories
from tests.helpers.incidents import RECORDS
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(path.name for path in RECORDS.iterdir())
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def found(name: str) -> Facts:
    return facts_of(of_drill(RECORDS / name).lines("INC-2026-11-30-001"), OWN_RUNBOOK)


def of_story(story: histories.Story, folder: Path) -> Made:
    return of_drill(histories.written(folder, story))


def _values(value: Any) -> list[str]:
    """Return every number that a record says, as it may be rounded or written as a share."""
    if isinstance(value, dict):
        return [number for each in value.values() for number in _values(each)]
    if isinstance(value, list):
        return [number for each in value for number in _values(each)]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [
            f"{value:g}",
            f"{value:.4g}",
            *(f"{part:.{places}f}" for part in (value, value * 100) for places in (0, 1)),
        ]
    return NUMBER.findall(str(value))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_one_of_the_record(name: str) -> None:
    lines = [json.loads(line) for line in (RECORDS / name / FILE).read_text().splitlines()]
    known = {number for line in lines for number in _values(line)}
    moments = [line["t"] for line in lines if line["kind"] in ("milestone", "sample")]
    known |= {f"{abs(one - other):.{places}f}" for one, other in combinations(moments, 2) for places in (0, 1)}
    sent = [line for line in lines if line["kind"] == "traffic"]
    counted = {str(sum(line.get(what) or 0 for line in sent[one:other])) for what in ("sent", "failed")
               for one in range(len(sent)) for other in range(one, len(sent) + 1)}  # fmt: skip
    checks = sum(line["kind"] == "check" and line["after"] in ("recover", "settled") for line in lines)
    metrics = len({line["name"] for line in lines if line["kind"] == "key metric"})
    known |= counted | {str(checks), str(metrics)}
    texts = [each.text for each in of_drill(RECORDS / name).entries if isinstance(each, Note | Measured | Resolved)]
    assert texts
    assert [(number, text) for text in texts for number in NUMBER.findall(text) if number not in known] == []


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("1.1-documented", "SEV-2"),
        ("2.1-documented", "SEV-3"),
        ("6.1-documented", "SEV-2"),
        ("7.5-documented", "SEV-3"),
    ],
)
def test_severity_is_that_of_what_was_measured(name: str, level: str) -> None:
    assert decided(found(name)).severity.id == level


@pytest.mark.parametrize("name", NAMES)
def test_only_an_arm_that_cured_is_resolved(name: str) -> None:
    incident = found(name)
    assert (incident.ended is not None) == name.endswith("documented")
    assert (incident.status == "Resolved") == name.endswith("documented")


def test_placebo_says_that_nothing_was_typed_and_what_the_judge_says() -> None:
    incident = found("1.1-placebo")
    assert incident.texts(Topic.ACTION) == ("nothing of the solution was typed: this arm shows what comes by itself",)
    assert "The judge: REFUTED: doing nothing did not help" in incident.texts(Topic.OBSERVATION)[-1]


def test_times_are_those_of_the_record() -> None:
    incident = found("1.1-documented")
    assert incident.started.isoformat() == "2026-11-30T19:37:40.608000+00:00"
    assert incident.opened.when.isoformat() == "2026-11-30T19:37:54.517000+00:00"
    assert incident.recovered is not None
    assert incident.recovered.isoformat() == "2026-11-30T19:37:59.233000+00:00"


def test_root_cause_is_what_the_investigation_proved() -> None:
    (said,) = found("7.5-documented").texts(Topic.ROOT_CAUSE)
    assert said.endswith("showed 5, and 100 before the fault")
    (appeared,) = found("1.1-documented").texts(Topic.ROOT_CAUSE)
    assert appeared.endswith("showed KeyError, which it did not before the fault")


def test_alert_that_went_away_before_the_first_command_decides_nothing() -> None:
    others = [each.alert for each in of_drill(RECORDS / "7.5-documented").entries if isinstance(each, Measured)]
    assert set(others) == {"AuthenticationFailures"}
    assert "HighQueueDepth" in [
        each.alert for each in of_drill(RECORDS / "2.1-documented").entries if isinstance(each, Measured)
    ]


def test_loss_is_what_could_be_better_and_makes_it_worse(tmp_path: Path) -> None:
    story = histories.drop(histories.documented(), "ledger")
    story = histories.put(story, histories.ledger(jobs=3))
    made = of_story(story, tmp_path / "arm")
    incident = facts_of(made.lines("INC-2026-11-30-001"), OWN_RUNBOOK)
    assert any("Something promised was lost: 3 of" in text for text in incident.texts(Topic.IMPROVE))
    assert decided(incident).severity.id == "SEV-1"


def test_command_that_failed_says_how(tmp_path: Path) -> None:
    story = histories.drop(histories.documented(), "command", purpose="resolve")
    story = histories.put(story, histories.command("resolve", histories.ACTED, exit=1, output="no such service\n"))
    made = of_story(story, tmp_path / "arm")
    texts = [each.text for each in made.entries if isinstance(each, Note) and each.about is Topic.ACTION]
    assert texts == ["`docker-compose restart backend` (runbook, line 321): exit code 1, 2.0 s, no such service"]


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (histories.drop(histories.documented(), "milestone", name="firing"), "the record shows no incident: "),
        (histories.cut(histories.documented(), 10.0), "the record shows no incident: no fault was injected"),
    ],
)
def test_record_without_an_incident_is_refused(story: histories.Story, said: str, tmp_path: Path) -> None:
    with pytest.raises(IncidentError, match=said):
        of_story(story, tmp_path / "arm")


def test_truncated_or_foreign_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IncidentError, match="expected a recorded file, found none"):
        of_drill(tmp_path)
    (tmp_path / FILE).write_text('{"kind": "drill", "format": 9}\n')
    with pytest.raises(IncidentError, match="expected a record in format 2, found 9"):
        of_drill(tmp_path)
