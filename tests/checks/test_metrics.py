from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from drills import runbook
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.metrics import key_metrics as figures
from drills.checks.metrics.key_metrics import connections, cpu, error_rate, memory, queue_depth, response_time
from drills.checks.result import CheckResult, Outcome
from drills.runbook.expressions import series
from drills.runbook.model import Quantity
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runbook_samples import EXPRESSIONS

RECORDED: dict[Check, str] = {
    error_rate: series(Quantity.ERROR_RATE),
    response_time: series(Quantity.RESPONSE_TIME_P95),
    queue_depth: series(Quantity.QUEUE_DEPTH),
    connections: series(Quantity.CONNECTION_POOL),
    cpu: 'max({__name__=~"container_cpu_share"} >= 0)',
    memory: 'max({__name__=~"container_memory_share|redis_memory_share"} >= 0)',
}


COUNTED = {error_rate: "http_request_duration_seconds_count", response_time: "http_request_duration_seconds_bucket"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "GAP_S", 0.0)


def look(one: Check, values: dict[str, Any], edition: runbook.Runbook = OWN_RUNBOOK) -> CheckResult:
    """Run the check against a Prometheus with these values; a query ending in * stands for all that begin like it."""

    def answer(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)["query"][0]
        names = [query, *(name for name in values if name.endswith("*") and query.startswith(name[:-1]))]
        found = next((values[name] for name in names if name in values), None)
        results = [] if found is None else [{"metric": {}, "value": [1.0, str(found)]}]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": results}}

    with fake_system({"GET /api/v1/query": answer}) as served:
        return one(CheckContext(target_at(served.url, prometheus_url=served.url), edition, expressions=EXPRESSIONS))


@pytest.mark.parametrize(
    ("one", "good", "bad", "seen"),
    [
        (error_rate, 0.0099, 0.01, "1.00% instead of < 1%"),
        (response_time, 1.99, 2, "2 s instead of < 2s"),
        (queue_depth, 99, 100, "100 jobs instead of < 100"),
        (connections, 49, 50, "50 connections instead of < 50 connections"),
        (cpu, 0.79, 0.8, "80.00% instead of < 80%"),
        (memory, 0.79, 0.81, "81.00% instead of < 80%"),
    ],
)
def test_figure_is_held_to_its_target(one: Check, good: float, bad: float, seen: str) -> None:
    check_result = look(one, {RECORDED[one]: good})
    assert check_result.outcome is Outcome.PASS, str(check_result)
    assert list(check_result.figures.values()) == [good]
    worse = look(one, {RECORDED[one]: bad})
    assert (worse.outcome, worse.seen.startswith(seen)) == (Outcome.FAIL, True), str(worse)


@pytest.mark.parametrize("one", RECORDED)
@pytest.mark.parametrize("nothing", [{}, {"*": "NaN"}], ids=["empty", "NaN"])
def test_no_data_is_a_failure_that_names_what_was_asked(one: Check, nothing: dict[str, Any]) -> None:
    check_result = look(one, nothing)
    assert check_result.outcome is Outcome.FAIL
    assert "no data" in check_result.seen
    assert RECORDED[one] in check_result.seen


@pytest.mark.parametrize("one", [error_rate, response_time])
def test_system_without_requests_has_no_rate(one: Check) -> None:
    check_result = look(one, {f"count({COUNTED[one]})": 7})
    assert check_result.outcome is Outcome.SKIPPED
    assert check_result.seen == "not checked: Prometheus counted no requests in the last 300 s"


def test_requests_are_no_excuse_for_a_gauge_without_a_value() -> None:
    assert look(queue_depth, {"count(http_request_duration_seconds_count)": 7}).outcome is Outcome.FAIL


def test_prometheus_without_the_runbooks_rules_is_asked_itself() -> None:
    assert look(queue_depth, {"max(queue_jobs_waiting*": 100}).outcome is Outcome.FAIL
    assert look(queue_depth, {"max(queue_jobs_waiting*": 99}).outcome is Outcome.PASS
    assert look(error_rate, {"(\n  sum(rate(http_request*": 0.5}).seen.startswith("50.00% instead")


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"data": {"result": [{"value": [1]}]}}, "without a value"),
        ({"data": {"result": [1]}}, "without a result"),
        ({"data": {"result": [{"value": [1, "many"]}]}}, "without a value"),
        ({"data": {"result": [{"value": [1, "1"]}] * 2}}, "2 values of"),
        ({"data": None}, "without a result"),
    ],
)
def test_answer_that_is_none_is_measured(answer: Any, seen: str) -> None:
    with fake_system({"GET /api/v1/query": (200, {"status": "success"} | answer)}) as served:
        check_result = queue_depth(CheckContext(target_at(served.url, prometheus_url=served.url), OWN_RUNBOOK))
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_gauge_that_one_scrape_could_not_read_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "GAP_S", 5.0)
    monkeypatch.setattr(figures, "POLL_S", 0.0)
    nothing: list[Any] = []
    turns = iter([nothing] * 3)
    value: list[Any] = [{"value": [1, "7"]}]
    answers: dict[str, Answer] = {
        "GET /api/v1/query": lambda _: (200, {"status": "success", "data": {"result": next(turns, value)}})
    }
    with fake_system(answers) as served:
        check_result = queue_depth(CheckContext(target_at(served.url, prometheus_url=served.url), OWN_RUNBOOK))
    assert check_result.ok, str(check_result)
