from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from drills import runbook
from drills.drill.coverage import CoverageError, coverage, dealt, executed, undrilled, unexecuted
from drills.drill.waivers import Waiver, over, read, unexcused
from drills.record.events import RanCommand
from drills.runbook.documented import documented
from drills.runbook.model import Command
from tests.helpers.histories import command, told
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT
from tests.helpers.runbook_samples import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.history import History


def test_drill_of_an_unknown_cause_is_refused() -> None:
    with pytest.raises(CoverageError, match=r"there is no cause 9\.9, but the suite has a drill for it"):
        coverage(OWN_RUNBOOK, ["5.1", "9.9"])


def test_refusal_names_the_document() -> None:
    with pytest.raises(CoverageError, match=r"incidents\.md"):
        coverage(OWN_RUNBOOK, ["9.9"])


def test_drill_that_another_runbook_has_no_row_for_is_refused() -> None:
    with pytest.raises(CoverageError, match=r"7\.5"):
        coverage(runbook.load(SMALL), ["7.5"])


def test_two_drills_of_one_cause_are_refused() -> None:
    with pytest.raises(CoverageError, match=r"more than one drill for cause 5\.1"):
        coverage(OWN_RUNBOOK, ["5.1", "1.4", "5.1"])


def test_every_cause_of_the_runbook_is_listed() -> None:
    assert [each["id"] for each in coverage(OWN_RUNBOOK, ["5.1"])["causes"]] == [
        cause.id for cause in OWN_RUNBOOK.causes
    ]


def test_undrilled_causes_are_those_that_are_listed_but_not_drilled() -> None:
    found = coverage(OWN_RUNBOOK, ["5.1", "1.4"])
    assert len({each["id"] for each in found["causes"]} - set(found["drilled"])) == len(OWN_RUNBOOK.causes) - 2


def test_drilled_causes_are_in_order() -> None:
    assert coverage(OWN_RUNBOOK, ["5.1", "1.4", "4.2"])["drilled"] == ["1.4", "4.2", "5.1"]


def test_no_drill_at_all_leaves_every_cause_undrilled() -> None:
    assert coverage(OWN_RUNBOOK, [])["drilled"] == []


def test_cause_is_listed_with_its_incident() -> None:
    listed = next(each for each in coverage(OWN_RUNBOOK, [])["causes"] if each["id"] == "5.1")
    assert (listed["incident"], listed["cause"]) == (OWN_RUNBOOK.incident(5).name, OWN_RUNBOOK.cause("5.1").name)


def typed(*commands: Command, code: int | None = 0) -> list[History]:
    facts = ({"line": each.line, "text": each.text, "stdin": each.stdin, "exit": code} for each in commands)
    return [told(command("verify", 1.0, **each) for each in facts)]


def test_cause_without_a_drill_is_told_with_its_line() -> None:
    ids = [cause.id for cause in OWN_RUNBOOK.causes if cause.id != "3.3"]
    (sentence,) = undrilled(OWN_RUNBOOK, ids).values()
    assert sentence == f"{OWN_RUNBOOK.path}:{OWN_RUNBOOK.cause('3.3').line}: no drill tries cause 3.3 Large PDF files"


def test_every_documented_command_was_typed() -> None:
    assert unexecuted(OWN_RUNBOOK, typed(*documented(OWN_RUNBOOK))) == {}


@pytest.mark.parametrize("part", ["investigation", "solution", "verification", "reference"])
def test_documented_command_that_no_drill_typed(part: str) -> None:
    incident = OWN_RUNBOOK.incident(7)
    left_out = {
        "investigation": incident.investigation[-1].commands[-1],
        "solution": incident.causes[-1].commands[-1],
        "verification": incident.verification[-1],
        "reference": OWN_RUNBOOK.critical_commands[-1],
    }[part]
    rest = [each for each in documented(OWN_RUNBOOK) if each.text != left_out.text]
    assert {each.text for each in unexecuted(OWN_RUNBOOK, typed(*rest))} == {left_out.text}


def test_same_program_with_another_input_is_another_command() -> None:
    psql = next(each for each in documented(OWN_RUNBOOK) if each.stdin)
    others = [each for each in documented(OWN_RUNBOOK) if each.stdin != psql.stdin]
    assert psql in unexecuted(OWN_RUNBOOK, typed(*others))


MISSING = Command(7, "rm -rf /")
TODAY = date(2026, 11, 23)


def waiver(command: str = MISSING.text, until: date = TODAY) -> Waiver:
    return Waiver(command, "we do not want that", until)


def test_waived_command_is_in_order_on_its_last_day() -> None:
    assert unexcused({MISSING: None}, [waiver()], TODAY) == []


def test_command_that_nothing_waives() -> None:
    (sentence,) = unexcused({MISSING: None}, [], TODAY)
    assert sentence.startswith("line 7: no drill typed `rm -rf /`")


def test_waiver_that_has_ended_excuses_nothing() -> None:
    ended = [waiver(until=TODAY - timedelta(days=1))]
    assert len(unexcused({MISSING: None}, ended, TODAY)) == 1
    assert over(ended, TODAY) == [f"the waiver of `{MISSING.text}` ended on 2026-11-22; remove or renew it"]


def test_solution_of_a_cause_without_a_drill_is_not_missed_twice() -> None:
    command = OWN_RUNBOOK.cause("2.5").commands[0]
    rest = [each for each in documented(OWN_RUNBOOK) if each.text != command.text]
    assert command in unexecuted(OWN_RUNBOOK, typed(*rest))
    assert unexecuted(OWN_RUNBOOK, typed(*rest), without={"2.5"}) == {}


def test_waiver_of_a_command_that_was_typed() -> None:
    (sentence,) = unexcused({}, [waiver("docker ps")], TODAY)
    assert "`docker ps` excuses nothing" in sentence


@pytest.mark.parametrize(
    ("text", "code", "counts"),
    [
        ("curl -I https://accounts.google.com", 6, False),
        ("curl -I https://accounts.google.com", 0, True),
        ('docker logs backend 2>&1 | grep -i "memory\\|heap"', 1, True),
        ('docker logs backend 2>&1 | grep -i "memory\\|heap"', 2, False),
        ("grep -c x file | tail -1", 1, False),
        ("docker exec redis redis-cli ping", 1, False),
        ("docker ps", None, False),
    ],
)
def test_command_that_failed_does_not_count_as_executed(text: str, code: int | None, *, counts: bool) -> None:
    assert executed(RanCommand.model_validate(command("diagnose", 1.0, text=text, exit=code))) is counts


def test_command_that_failed_in_every_drill_is_told_with_its_exit_code() -> None:
    (google,) = [each for each in documented(OWN_RUNBOOK) if "accounts.google.com" in each.text]
    rest = typed(*(each for each in documented(OWN_RUNBOOK) if each != google))
    missing = unexecuted(OWN_RUNBOOK, [*rest, *typed(google, code=6)])
    assert missing == {google: 6}
    assert unexecuted(OWN_RUNBOOK, [*rest, *typed(google, code=6), *typed(google)]) == {}
    (sentence,) = unexcused(missing, [], TODAY)
    assert "failed in every drill that typed it, last with exit code 6" in sentence


def test_waiver_of_an_exit_code_excuses_that_failure_alone() -> None:
    fenced = Waiver(MISSING.text, "no way to the internet", TODAY, exits=(6, 7))
    assert unexcused({MISSING: 6}, [fenced], TODAY) == []
    assert len(unexcused({MISSING: 22}, [fenced], TODAY)) == 1
    assert len(unexcused({MISSING: None}, [fenced], TODAY)) == 1
    assert unexcused({}, [fenced], TODAY) == []
    assert len(unexcused({MISSING: 6}, [fenced], TODAY + timedelta(days=1))) == 1


def test_waivers_of_the_project_can_be_read() -> None:
    assert isinstance(read(ROOT / "scenarios" / "waivers.toml"), tuple)


@pytest.mark.parametrize(
    "text",
    ["[[waiver]]\ncommand = 'x'\nreason = 'y'", "[[waiver]]\ncommand = 'x'\nuntil = 2027-01-31", "[[waiver", "\xff"],
    ids=["no day", "no reason", "torn", "not UTF-8"],
)
def test_waiver_that_is_not_complete_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "waivers.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"waivers\.toml"):
        read(path)


def test_workers_that_begin_with_a_half_each_have_taken_turns() -> None:
    assert dealt(["1.1", "2.3", "3.5", "4.2", "5.1"]) == ["2.3", "4.2", "1.1", "3.5", "5.1"]


def test_exclusive_drills_are_dealt_to_one_worker() -> None:
    assert dealt(["1.1", "1.3", "2.3", "4.1", "5.1", "6.1"], {"1.3", "4.1"})[:3] == ["1.3", "4.1", "2.3"]
