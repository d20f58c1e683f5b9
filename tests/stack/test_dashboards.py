"""The dashboards are what the runbook says, ask only for what is exported, and each panel moved in a drill."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import promql_parser
import pytest

from drills.common.prometheus import Prometheus
from drills.runbook import load
from drills.runbook.errors import RunbookError
from drills.runbook.rules import render
from reports.dashboards.__main__ import FOLDER, files
from reports.dashboards.at_rest import without_data
from reports.dashboards.movement import CHANNELS, table
from reports.dashboards.panels import Panel, aggregated, dashboards
from tests.helpers.paths import DATA, ROOT, RUNBOOK
from tests.helpers.runbook_samples import EXPRESSIONS

BOOK = load(RUNBOOK)
MADE = dashboards(BOOK, EXPRESSIONS)
PANELS = [panel for _, panels in MADE.values() for panel in panels]
SERVICES = ROOT / "stack" / "services"
OF_PROMETHEUS = {"up", "probe_success", "process_start_time_seconds"}
NAMED = re.compile(r'(?:Gauge|Counter|Histogram)\(\s*"(\w+)"|^    "(\w+_share)":', re.MULTILINE)
PAGE = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")


def rows(text: str) -> dict[tuple[str, str], set[str]]:
    found = re.findall(r"^\| ([\w-]+) \| ([\w ]+) \| ([\d., ]+|none) \|", text, re.MULTILINE)
    return {(uid, title): set(re.findall(r"\d\.\d", drills)) for uid, title, drills in found}


def exported() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in SERVICES.rglob("*.py")]
    names = {name for source in sources for found in NAMED.findall(source) for name in found if name}
    return names | OF_PROMETHEUS | set(re.findall(r"record: (\S+)", render(BOOK, EXPRESSIONS, 1)))


def selected(query: str) -> set[str]:
    names: set[str] = set()

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            pattern = re.search(r'__name__=~"([^"]+)"', node.prettify())
            names.update([node.name] if node.name else [pattern.group(1)] if pattern else ["nothing"])
        return True

    promql_parser.walk(promql_parser.parse(query), visit)
    return names


def test_what_is_committed_is_what_is_made() -> None:
    committed = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    made = files()
    assert committed == made.keys()
    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in made} == made


@pytest.mark.parametrize("panel", {panel.title: panel for panel in PANELS}.values(), ids=lambda panel: panel.title)
def test_a_panel_asks_only_for_what_is_exported(panel: Panel) -> None:
    names = {name for query in panel.queries for name in selected(query)}
    unknown = {name for name in names if not any(re.fullmatch(name, known) for known in exported())}
    assert names
    assert unknown == set()


def test_each_alternative_of_a_selected_name_is_exported() -> None:
    every = {"container_cpu_share", "container_memory_share", "engine_disk_share", "redis_memory_share"}
    assert every <= exported()


def test_the_lines_follow_the_runbook() -> None:
    stricter = replace(BOOK, metrics=tuple(replace(metric, target=metric.target.negated()) for metric in BOOK.metrics))
    assert [panel.target for _, panels in dashboards(stricter, EXPRESSIONS).values() for panel in panels] != [
        panel.target for panel in PANELS
    ]
    errors = next(panel for panel in PANELS if panel.title == "Error rate")
    steps = [
        panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        for panel in json.loads(files()["dashboards/system-overview.json"])["panels"]
        if panel["title"] == "Error rate"
    ]
    assert [step["value"] for step in steps[0]] == [None, errors.target.value, errors.threshold.value]


def test_a_dashboard_that_is_not_described_is_refused() -> None:
    fewer = replace(BOOK, dashboards=BOOK.dashboards[1:])
    with pytest.raises(RunbookError, match="links the dashboards"):
        dashboards(fewer, EXPRESSIONS)


def test_the_parts_are_what_is_aggregated_over_everything() -> None:
    assert aggregated("max(a >= 0)") == "a >= 0"
    assert aggregated("max by (job) (a)") is None
    assert aggregated("sum(a)") is None


def test_each_panel_moved_in_a_drill() -> None:
    told = rows(PAGE)
    assert told.keys() == {(uid, panel.title) for uid, (_, panels) in MADE.items() for panel in panels}
    assert {key for key, drills in told.items() if not drills} == set()


def test_the_page_says_what_the_committed_records_say() -> None:
    arms = sorted(path.parent for path in (DATA / "records").rglob("history.jsonl"))
    seen = rows(table(BOOK, EXPRESSIONS, arms))
    assert any(seen.values())
    assert {key: drills - rows(PAGE)[key] for key, drills in seen.items() if drills - rows(PAGE)[key]} == {}


@pytest.mark.parametrize("incident", BOOK.incidents, ids=lambda incident: str(incident.id))
def test_an_incident_moves_a_panel_of_each_dashboard_that_its_investigation_names(incident: Any) -> None:
    notes = " ".join(note for step in incident.investigation for note in (step.title, *step.notes))
    named = [url.url.rsplit("/", 1)[-1] for url in BOOK.dashboards if f"{url.name} dashboard" in notes]
    for uid in named or ["system-overview"]:
        drills = set.union(*(found for (dashboard, _), found in rows(PAGE).items() if dashboard == uid))
        assert any(drill.startswith(f"{incident.id}.") for drill in drills), uid


def test_two_incidents_name_a_dashboard() -> None:
    notes = [" ".join(note for step in one.investigation for note in step.notes) for one in BOOK.incidents]
    assert [bool(re.search(r"dashboard in Grafana", text)) for text in notes].count(True) == 2


def answering(result: list[dict[str, Any]]) -> Prometheus:
    answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    return Prometheus(httpx.Client(base_url="http://prometheus", transport=transport))


@pytest.mark.parametrize("result", [[], [{"metric": {}, "value": [1, "NaN"]}]])
def test_a_panel_without_data_at_rest_is_told(result: list[dict[str, Any]]) -> None:
    assert len(without_data(answering(result), PANELS)) == sum(len(panel.queries) for panel in PANELS)


def test_a_panel_with_data_at_rest_is_fine() -> None:
    assert without_data(answering([{"metric": {}, "value": [1, "0"]}]), PANELS) == ()


def test_the_parts_read_past_prometheus_are_panels() -> None:
    assert CHANNELS.keys() <= {panel.title for panel in PANELS}
