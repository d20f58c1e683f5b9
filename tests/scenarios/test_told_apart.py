"""The investigation tells the causes of an incident apart: what proves one is not seen while another is there.

`tests/data/diagnoses` holds what the investigation's commands printed in a real drill of each cause, before the fault
and during it; long logs are cut at their begin. That of 5.5 is what psql printed of a real pool of 50 with 75 clients:
no drill of it has yet typed the query that tells a leak from a demand.
"""

from __future__ import annotations

import importlib
import json
import re
from itertools import permutations
from typing import Any

import pytest

from drills.drill.scenario import Scenario, symptom_command
from drills.record.symptom import Symptom, compare
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT

DIAGNOSES = ROOT / "tests" / "data" / "diagnoses"
PAGE = (ROOT / "docs" / "faithfulness.md").read_text(encoding="utf-8")
HEADING = "## Causes that the investigation cannot tell apart"
LIMIT_KIB = 300


def scenarios() -> dict[str, Scenario]:
    """Return the scenario of each cause, as its test gives it to `run_drill`."""
    found: list[Scenario] = []
    for incident in OWN_RUNBOOK.incidents:
        module = importlib.import_module(f"scenarios.test_incident_{incident.id}")
        for name, test in vars(module).items():
            if name.startswith("test_"):
                test(found.append)
    return {scenario.cause: scenario for scenario in found}


SCENARIOS = scenarios()
PAIRS = [(one, other) for one, other in permutations(SCENARIOS, 2) if one[0] == other[0]]


def alike() -> dict[frozenset[str], str]:
    """Return the pairs that the page lists, with the reason."""
    section = PAGE[PAGE.index(HEADING) :].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d\.\d), (\d\.\d) \| (.+?) \|$", section, re.MULTILINE)
    return {frozenset((one, other)): why for one, other, why in rows}


def readings(cause: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((DIAGNOSES / f"{cause}.json").read_text(encoding="utf-8"))
    return found


def proved(scenario: Scenario, read: dict[str, dict[str, str]]) -> bool:
    """Tell whether these readings prove the scenario's cause, and rule the others out."""

    def shown(symptom: Symptom) -> bool:
        reading: dict[str, Any] = read[symptom.command]
        return compare(symptom, reading["normal"], reading["abnormal"]).proved

    return shown(scenario.symptom) and not any(map(shown, scenario.rules_out))


@pytest.mark.parametrize("cause", SCENARIOS)
def test_a_real_reading_proves_its_own_cause(cause: str) -> None:
    assert proved(SCENARIOS[cause], readings(cause))


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{one} in {other}" for one, other in PAIRS])
def test_no_cause_is_proved_while_another_is_there(one: str, other: str) -> None:
    assert proved(SCENARIOS[one], readings(other)) is (frozenset((one, other)) in alike())


def test_two_causes_with_one_proof_are_listed() -> None:
    proofs = {cause: (scenario.symptom, scenario.rules_out) for cause, scenario in SCENARIOS.items()}
    same = {frozenset(pair) for pair in PAIRS if proofs[pair[0]] == proofs[pair[1]]}
    assert same == alike().keys()
    assert all(why.endswith(".") for why in alike().values())


@pytest.mark.parametrize("cause", SCENARIOS)
def test_each_reading_comes_from_one_documented_command(cause: str) -> None:
    incident, _ = SCENARIOS[cause].row(OWN_RUNBOOK)
    for symptom in (SCENARIOS[cause].symptom, *SCENARIOS[cause].rules_out):
        assert symptom_command(incident, symptom).line


def test_the_readings_are_few() -> None:
    assert {path.stem for path in DIAGNOSES.iterdir()} == SCENARIOS.keys()
    assert sum(path.stat().st_size for path in DIAGNOSES.iterdir()) < LIMIT_KIB * 1024
