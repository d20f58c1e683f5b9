"""Which drills a command line asks for."""

from pathlib import Path

import pytest

from drills.plugin.chosen import chosen_causes, missing_drills, without_original
from drills.runbook import RunbookError
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT

SCENARIOS = ROOT / "scenarios"


def test_a_cause_an_incident_and_a_list() -> None:
    assert chosen_causes(OWN_RUNBOOK, ["5.1"]) == {"5.1": True}
    assert chosen_causes(OWN_RUNBOOK, ["5.1, 6.1"]) == {"5.1": True, "6.1": True}
    assert chosen_causes(OWN_RUNBOOK, ["5"]) == {f"5.{number}": False for number in range(1, 6)}
    assert chosen_causes(OWN_RUNBOOK, ["5.2", "5"])["5.2"] is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5.9", "there is no cause '5.9'; the document has 1.1"),
        ("99", "there is no incident 99; the document has 1"),
        ("", "there is no cause ''"),
        ("5.1,", "there is no cause ''"),
        ("5.1;6.1", "there is no cause '5.1;6.1'"),
    ],
)
def test_what_is_not_in_the_runbook_is_refused(text: str, words: str) -> None:
    with pytest.raises(RunbookError, match=words):
        chosen_causes(OWN_RUNBOOK, [text])


def test_drill_that_was_not_collected_is_not_called_missing(tmp_path: Path) -> None:
    assert "cause 6.1: its drill is in test_incident_6.py" in missing_drills(["6.1"], ["5.1"], SCENARIOS)
    assert "cause 6.1 is in the runbook but has no drill yet; there are drills for 5.1" in missing_drills(
        ["6.1"], ["5.1"], tmp_path
    )


def test_rows_without_an_original_are_left_out_but_not_one_that_is_named() -> None:
    assert without_original(OWN_RUNBOOK, ["5.1", "5.2"], named=[]) == {"5.1"}
    assert without_original(OWN_RUNBOOK, ["5.2", "5.5"], named=["5.2"]) == set()
    with pytest.raises(ValueError, match=r"the row of 5\.1, so it has no original; .*5\.2, 5\.5"):
        without_original(OWN_RUNBOOK, ["5.1", "5.2"], named=["5.1", "5.2"])


def test_nothing_but_rows_without_an_original_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the row of 5\.1, 5\.3"):
        without_original(OWN_RUNBOOK, ["5.1", "5.3"], named=[])
