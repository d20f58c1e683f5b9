"""Rules beside a running Prometheus, by answers that Prometheus 2.42 gave while it scraped these samples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from drills.audit import live, series, thresholds
from drills.audit.alert_rules import read_rules
from drills.audit.finding import Finding, NotRun
from drills.audit.material import Material
from drills.common.prometheus import PrometheusError
from tests.audit.staged import OWN
from tests.helpers.paths import DATA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWERS: dict[str, Any] = json.loads((DATA / "audit" / "prometheus.json").read_text(encoding="utf-8"))
EMPTY = {"status": "success", "data": {"resultType": "vector", "result": []}}


def prometheus(change: Callable[[str, Any], Any] = lambda _, answer: answer) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        return httpx.Response(200, json=change(path, json.loads(json.dumps(ANSWERS.get(path, EMPTY)))))

    return httpx.Client(base_url="http://prometheus", transport=httpx.MockTransport(answer))


def material(rules: Path = OWN, http: httpx.Client | None = None) -> Material:
    http = http or prometheus()
    read = read_rules([rules])
    trees = [rule.tree for rule in read.rules if rule.tree is not None]
    return Material(rules=read, live=http, samples=live.read_samples(http, trees, "http://prometheus"))


def found(audit: Any, given: Material) -> list[str]:
    return [one.id for one in audit.audit(given) if isinstance(one, Finding)]


def test_rules_that_fit_the_running_system_have_no_finding() -> None:
    given = material()
    assert [found(audit, given) for audit in (live, series, thresholds)] == [[], [], []]


def test_types_and_buckets_are_those_that_targets_declare() -> None:
    samples = material().samples
    assert samples
    assert samples.type_of("queue_jobs_waiting") == "gauge"
    assert samples.type_of("http_request_duration_seconds_bucket") == "histogram"
    assert {row["le"] for row in samples.series["http_request_duration_seconds_bucket"]} >= {"60.0", "+Inf"}


def test_series_that_prometheus_lacks_are_told() -> None:
    def without_queue(_: str, answer: Any) -> Any:
        rows = answer["data"].get("result", [])
        kept = [row for row in rows if row["metric"].get("__name__") != "queue_jobs_waiting"]
        if "result" in answer["data"]:
            answer["data"]["result"] = kept
        answer["data"].pop("queue_jobs_waiting", None)
        return answer

    assert found(series, material(http=prometheus(without_queue))) == ["series/no-metric/queue_jobs_waiting"]


def test_rule_that_is_not_loaded_is_told(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(OWN.read_text(encoding="utf-8").replace("alert: QueueGrows", "alert: QueueGrew"), encoding="utf-8")
    assert found(live, material(rules)) == ["live/not-loaded/QueueGrew"]


def test_rule_that_cannot_be_evaluated_is_told() -> None:
    def ill(path: str, answer: Any) -> Any:
        if path.startswith("/api/v1/rules"):
            answer["data"]["groups"][0]["rules"][0] |= {"health": "err", "lastError": "many-to-many"}
        return answer

    assert found(live, material(http=prometheus(ill))) == ["live/rule-error/BackendDown"]


def test_alert_that_fires_at_rest_is_told() -> None:
    def down(path: str, answer: Any) -> Any:
        if "query=up" in path:
            answer["data"]["result"] = [{"metric": {"job": "backend"}, "value": [1, "0"]}]
        return answer

    assert found(live, material(http=prometheus(down))) == ["live/fires-at-rest/BackendDown"]


def test_prometheus_that_does_not_answer_is_no_clean_bill() -> None:
    gone = httpx.Client(base_url="http://p", transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    given = Material(rules=material().rules, live=gone)
    assert [type(one) for one in live.audit(given)] == [NotRun]
    with pytest.raises(PrometheusError):
        live.read_samples(gone, [], "p")
