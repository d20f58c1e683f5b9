"""What a document lacks comes from its alerts' rules, or from none where these are not clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import RunbookError, load
from drills.runbook.rule_files import completed, level, rules_of
from tests.helpers.dialect_samples import FIELDS, PAGE, load_text

if TYPE_CHECKING:
    from pathlib import Path

RULES = """groups:
- name: nodes
  rules:
  - alert: DiskFillsUp
    expr: (free_bytes / size_bytes * 100 < 15 and predict_linear(free_bytes[6h], 14400) < 0)
    for: 1h30m
"""


def test_what_the_document_lacks_comes_from_the_alert_s_rule(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE)
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")
    source = str(tmp_path / "rules.yml")
    runbook, told = completed(load(tmp_path / "page.md"), rules_of(source), source)
    alert = runbook.incident(1).alert
    assert (alert.threshold.text, alert.window_s) == ("< 15", 5400)
    assert alert.rule is not None
    assert told == (f"threshold < 15 and a window of 5400 s of DiskFillsUp are those of its rule in {source}",)


def test_rule_does_not_change_what_the_document_says(tmp_path: Path) -> None:
    load_text(tmp_path, FIELDS)
    (tmp_path / "rules.yml").write_text(RULES.replace("DiskFillsUp", "PostgresGone"), encoding="utf-8")
    runbook, _ = completed(load(tmp_path / "page.md"), rules_of(str(tmp_path / "rules.yml")), "rules")
    assert runbook.incident(1).alert.threshold.text == "< 1 services up"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("x > 5", "> 5"),
        ("5 < x", "> 5"),
        ("(x >= 0.5) and y > 1", ">= 0.5"),
        ("sum(x) <= -1", "<= -1"),
        ("x > y", None),
        ("x > 5 or absent(x)", "> 5"),
        ("x > 5 or y > 3", None),
        ("x > 0.8 * y", "> 0.8"),
        ("(x > bool 5) == 1", "> 5"),
        ("x > bool 5", None),
        ("x > Inf", None),
        ("x > most:x", "> 7"),
        ("absent(x)", None),
        ("x == 0", None),
        ("x >", None),
    ],
)
def test_limit_of_a_rule(expression: str, text: str | None) -> None:
    found = level(expression, {"most:x": "vector(7)"})
    assert (found.text if found else None) == text


def test_rules_of_an_operator_are_read(tmp_path: Path) -> None:
    wrapped = "kind: PrometheusRule\nspec:\n  " + RULES.replace("\n", "\n  ")
    (tmp_path / "rule.yaml").write_text(wrapped, encoding="utf-8")
    assert rules_of(str(tmp_path))["DiskFillsUp"].window_s == 5400


def test_several_rules_of_one_name_are_told_and_none_is_taken(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE)
    more = "".join(f"  - alert: DiskFillsUp\n    expr: free_bytes < {figure}\n    for: 5m\n" for figure in (5, 5, 3))
    (tmp_path / "rules.yml").write_text(RULES + more, encoding="utf-8")
    runbook, told = completed(load(tmp_path / "page.md"), rules_of(str(tmp_path / "rules.yml")), "rules.yml")
    assert runbook.incident(1).alert.limit is None
    assert told[0].startswith("rules.yml has 4 different rules of the name DiskFillsUp, and none is taken")


def test_recording_rule_gives_the_limit(tmp_path: Path) -> None:
    recorded = "  - record: most:bytes\n    expr: vector(9)\n"
    (tmp_path / "rules.yml").write_text(
        f"groups:\n- name: a\n  rules:\n{recorded}  - alert: Full\n    expr: x > most:bytes\n", encoding="utf-8"
    )
    rule = rules_of(str(tmp_path / "rules.yml"))["Full"]
    found = level(rule.expression, rule.recorded)
    assert found is not None
    assert found.text == "> 9"


@pytest.mark.parametrize("address", ["http://u:secret@127.0.0.1:1/", "http://[", "https://"])
def test_address_of_rules_is_told_without_its_password(address: str) -> None:
    with pytest.raises(RunbookError, match="rules cannot be read") as caught:
        rules_of(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["groups: []", "groups: 5", "groups: [{rules: 5}]", "groups: [5]", "a: [", "- 1"])
def test_rules_that_cannot_be_used_are_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RunbookError, match=r"rules\.yml: ") as caught:
        rules_of(str(tmp_path / "rules.yml"))
    assert "\n" not in str(caught.value)
