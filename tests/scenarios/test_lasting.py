"""Every scenario says whether its recovery lasts, and a relief is one that the runbook or the findings know."""

from __future__ import annotations

import ast
import re

import pytest

from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT

LASTING = {"cure", "relief", "unknown"}


def scenarios() -> dict[str, dict[str, ast.expr]]:
    """Return the keywords of each scenario, by its cause."""
    found = {}
    for path in (ROOT / "scenarios").glob("test_incident_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Scenario":
                keywords = {keyword.arg or "": keyword.value for keyword in node.keywords}
                found[ast.literal_eval(keywords["cause"])] = keywords
    return found


def stated(keywords: dict[str, ast.expr]) -> object:
    return ast.literal_eval(keywords["lasting"]) if "lasting" in keywords else None


@pytest.mark.parametrize("cause", [cause.id for cause in OWN_RUNBOOK.causes])
def test_scenario_states_whether_its_recovery_lasts(cause: str) -> None:
    assert stated(scenarios()[cause]) in LASTING


def test_what_was_measured_to_relieve_only_is_expected_to() -> None:
    """The reliefs of `docs/findings.md` are those of the scenarios."""
    rows = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").splitlines()
    relieving = {row.split()[1] for row in rows if re.search(r"; relief;", row)}
    assert {cause for cause, keywords in scenarios().items() if stated(keywords) == "relief"} == relieving
