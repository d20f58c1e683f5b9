"""What is rendered from any runbook is YAML and PromQL to their own libraries; promtool is asked in a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import promql_parser
import pytest
import yaml

from drills.runbook import load
from drills.runbook.rules import render
from tests.helpers.generated_runbooks import RUNBOOKS, generated
from tests.helpers.runbook_samples import EXPRESSIONS, written

if TYPE_CHECKING:
    from pathlib import Path


def rules(folder: Path, seed: int) -> list[dict[str, Any]]:
    runbook = load(written(folder, generated(seed).encode()))
    loaded = yaml.safe_load(render(runbook, EXPRESSIONS, 1))["groups"][0]["rules"]
    assert isinstance(loaded, list)
    return loaded


@pytest.mark.parametrize("seed", range(RUNBOOKS))
def test_every_rule_is_read_back_as_it_was_meant(tmp_path: Path, seed: int) -> None:
    found = rules(tmp_path, seed)
    for rule in found:
        assert promql_parser.parse(rule["expr"])
    alerts = [rule for rule in found if "alert" in rule]
    incidents = load(tmp_path / "runbook.md").incidents
    assert [rule["alert"] for rule in alerts] == [incident.alert.name for incident in incidents]
    for rule, incident in zip(alerts, incidents, strict=True):
        limit = incident.alert.threshold
        compared = promql_parser.parse(rule["expr"])
        assert isinstance(compared, promql_parser.BinaryExpr)
        assert isinstance(compared.rhs, promql_parser.NumberLiteral)
        assert (str(compared.op), compared.rhs.val) == (limit.op, limit.value)
        assert rule.get("for") == (f"{incident.alert.window_s * 1000:.0f}ms" if incident.alert.window_s else None)
        assert incident.name.replace("{{", '{{ "{{" }}') in rule["annotations"]["summary"]
