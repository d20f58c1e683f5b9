"""What other programs read is what their own readers accept, and says what the verdicts say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import promql_parser
import pytest
import yaml
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult as Result
from in_toto_attestation.v1.statement_pb2 import Statement
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from drills.reports.collect import collect
from drills.reports.junit import junit
from drills.reports.machine_files import write_machine_files
from drills.reports.sarif import sarif
from drills.reports.statement import statement
from drills.reports.summary_page import summary_page
from drills.reports.verification import exposition
from tests.helpers.paths import ROOT
from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.collect import Run

COMMIT = "c0ffee" + "0" * 34
CAUSES = [
    {"id": "5.1", "incident": "pool", "cause": "Connection leak in code"},
    {"id": "5.2", "incident": "pool", "cause": "Too many <connections>\x07"},
]


def run(folder: Path, commit: str | None = COMMIT, **changes: Any) -> Run:
    judged(leak(folder / "drills/5.1-documented"), **changes)
    placebo = {"arm": "placebo", "verdict": "REFUTED", "expected_verdict": "REFUTED", "ttr_s": None}
    judged(leak(folder / "drills/5.1-placebo", arm="placebo"), **placebo)
    told = {"causes": CAUSES, "drilled": ["5.1"], "commit": commit, "document": "runbook/incidents.md"}
    (folder / "coverage.json").write_text(json.dumps(told))
    return collect(folder)


REFUTED = {"verdict": "REFUTED", "reason": "it stayed at 50 ]]> <b>\x1b[31m"}


def test_junit_has_a_test_an_arm_and_skips_what_was_not_drilled(tmp_path: Path) -> None:
    (suite,) = ET.fromstring(junit(run(tmp_path)))
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "skipped", "errors")}
    assert counts == {"name": "incident 5", "tests": "3", "failures": "0", "skipped": "1", "errors": "0"}
    assert [test.get("classname") for test in suite] == ["drills.5.1", "drills.5.1", "drills.5.2"]


def test_junit_fails_an_arm_that_is_not_as_expected(tmp_path: Path) -> None:
    (suite,) = ET.fromstring(junit(run(tmp_path, **REFUTED)))
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "5.1 documented: REFUTED; expected CONFIRMED"
    assert "it stayed at 50 ]]> <b>" in str(failure.text)
    assert suite.get("failures") == "1"


def test_sarif_is_sarif_and_leads_to_the_line_of_the_document(tmp_path: Path) -> None:
    text = sarif(run(tmp_path, **REFUTED))
    (found,) = Sarif.model_validate_json(text).runs
    (result,) = json.loads(text)["runs"][0]["results"]
    assert found.tool.driver.name == "drills"
    assert (result["ruleId"], result["level"]) == ("row-does-not-cure", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "runbook/incidents.md"}, "region": {"startLine": 321}}
    assert "\x1b" not in text
    rules = json.loads(text)["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"verdict": "NOT RUN"}, "row-does-not-run"),
        ({"verdict": "CONFIRMED_WITH_LOSS"}, "row-costs"),
        ({"verdict": "UNKNOWN"}, "row-proves-nothing"),
        ({"verdict": "SPONTANEOUS"}, "row-proves-nothing"),
    ],
)
def test_sarif_names_the_kind_of_a_finding(changes: dict[str, Any], rule: str, tmp_path: Path) -> None:
    (result,) = json.loads(sarif(run(tmp_path, **changes)))["runs"][0]["results"]
    assert result["ruleId"] == rule


def test_sarif_that_is_none_is_refused(tmp_path: Path) -> None:
    text = sarif(run(tmp_path, **REFUTED))
    for wrong in (text.replace('"ruleId"', '"rule"'), text.replace('"error"', '"grave"'), text.replace("321", "0")):
        assert wrong != text
        with pytest.raises(ValidationError):
            Sarif.model_validate_json(wrong)


def test_sarif_of_a_row_that_is_confirmed_is_empty(tmp_path: Path) -> None:
    assert json.loads(sarif(run(tmp_path)))["runs"][0]["results"] == []


def attested(text: str) -> tuple[Statement, Result]:
    """Return the statement and its predicate; a field that in-toto does not know is refused."""
    return (
        json_format.Parse(text, Statement()),
        json_format.Parse(json.dumps(json.loads(text)["predicate"]), Result()),
    )


def test_the_statement_is_of_the_runbook_and_the_commit(tmp_path: Path) -> None:
    told, result = attested(statement(run(tmp_path)))
    assert told.type == "https://in-toto.io/Statement/v1"
    assert told.predicate_type == "https://in-toto.io/attestation/test-result/v0.1"
    subjects = {subject.name: dict(subject.digest) for subject in told.subject}
    assert subjects == {"runbook/incidents.md": {"sha256": "ab" * 32}, "commit": {"gitCommit": COMMIT}}
    assert (result.result, list(result.passed_tests)) == ("WARNED", ["5.1 documented", "5.1 placebo"])  # 5.2 is missing


@pytest.mark.parametrize("commit", [None, f"{COMMIT}-dirty"])
def test_files_that_are_no_commit_are_no_subject(commit: str | None, tmp_path: Path) -> None:
    told, _ = attested(statement(run(tmp_path, commit)))
    assert [subject.name for subject in told.subject] == ["runbook/incidents.md"]


@pytest.mark.parametrize(
    ("changes", "result", "where"),
    [
        (REFUTED, "FAILED", "failed_tests"),
        (REFUTED | {"expected_verdict": "REFUTED"}, "WARNED", "warned_tests"),
        ({"expected_lasting": "cure"}, "FAILED", "failed_tests"),
    ],
)
def test_nothing_passes_that_is_not_as_it_should_be(
    changes: dict[str, Any], result: str, where: str, tmp_path: Path
) -> None:
    _, told = attested(statement(run(tmp_path, **changes)))
    assert (told.result, list(getattr(told, where))) == (result, ["5.1 documented"])


def test_a_run_of_all_rows_that_hold_passes(tmp_path: Path) -> None:
    run(tmp_path)
    told = {"causes": CAUSES[:1], "drilled": ["5.1"], "commit": COMMIT}
    (tmp_path / "coverage.json").write_text(json.dumps(told))
    assert attested(statement(collect(tmp_path)))[1].result == "PASSED"


def test_metrics_say_when_with_what_and_what_was_expected(tmp_path: Path) -> None:
    families = text_string_to_metric_families(exposition(run(tmp_path, **REFUTED)))
    found = {family.name: family.samples for family in families}
    assert found["drill_run_timestamp_seconds"][0].value == 1795413600  # 2026-11-23 06:00 UTC
    assert found["drill_time_scale"][0].value == 30
    assert found["drill_run_info"][0].labels["commit"] == COMMIT
    labels = {"cause": "5.1", "arm": "documented"}
    assert labels | {"verdict": "REFUTED"} in [sample.labels for sample in found["drill_verdict"]]
    assert labels | {"verdict": "CONFIRMED"} in [sample.labels for sample in found["drill_expected_verdict"]]


def test_the_summary_has_what_is_unexpected_first(tmp_path: Path) -> None:
    text = summary_page(run(tmp_path, cause_name="a | b", **REFUTED))
    assert "- **Unexpected:** 5.1 documented: REFUTED; expected CONFIRMED" in text
    assert "| REFUTED | no: CONFIRMED |" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1


def test_rules_about_drills_name_metrics_that_are_written(tmp_path: Path) -> None:
    groups = yaml.safe_load((ROOT / "examples/prometheus/drills.rules.yml").read_text(encoding="utf-8"))["groups"]
    written = exposition(run(tmp_path))
    for rule in groups[0]["rules"]:
        promql_parser.parse(rule["expr"])
        for name in re.findall(r"drill_\w+", rule["expr"]):
            assert f"# TYPE {name} gauge" in written


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    found = run(tmp_path, **REFUTED)
    contents = [[path.read_bytes() for path in write_machine_files(collect(tmp_path), tmp_path)] for _ in range(2)]
    assert contents[0] == contents[1]
    assert summary_page(found) == summary_page(collect(tmp_path))
