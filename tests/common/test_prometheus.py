from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from drills.common.prometheus import Prometheus, PrometheusError
from tests.helpers.fake_system import Answer, FakeSystem, fake_system


@contextmanager
def serving(answers: dict[str, Answer]) -> Iterator[tuple[Prometheus, FakeSystem]]:
    with fake_system(answers) as served, httpx.Client(base_url=served.url) as http:
        yield Prometheus(http), served


def saying(data: Any) -> tuple[int, Any]:
    return 200, {"status": "success", "data": data}


def test_value_of_a_query() -> None:
    with serving({"GET /api/v1/query": saying({"result": [{"value": [1, "0.5"]}]})}) as (api, served):
        assert api.value("up") == 0.5
    assert served.asked[0].path.endswith("?query=up")


def test_query_without_a_row_has_no_value() -> None:
    with serving({"GET /api/v1/query": saying({"result": []})}) as (api, _):
        assert api.value("up") is None


BAD: list[tuple[tuple[int, Any], str]] = [
    ((503, "starting"), r"GET /api/v1/query -> 503 starting"),
    ((200, "<html>"), "200 with no JSON"),
    ((200, {"status": "error", "data": {"result": []}}), "an answer without a result"),
    (saying({"result": {}}), "an answer without a result"),
    (saying({"result": ["up"]}), "an answer without a result"),
    (saying({"result": [{"value": []}]}), "an answer without a value"),
    (saying({"result": [{"value": [1, "1"]}] * 2}), "2 values of up"),
]


@pytest.mark.parametrize(("answer", "seen"), BAD)
def test_answer_that_is_none_is_an_error_that_says_what_was_seen(answer: tuple[int, Any], seen: str) -> None:
    with serving({"GET /api/v1/query": answer}) as (api, _), pytest.raises(PrometheusError, match=seen):
        api.value("up")


def test_rules_of_all_groups_of_one_kind() -> None:
    groups = [{"rules": [{"name": "a"}]}, {"rules": [{"name": "b"}]}]
    with serving({"GET /api/v1/rules": saying({"groups": groups})}) as (api, served):
        assert [one["name"] for one in api.rules("alert")] == ["a", "b"]
        api.rules()
    assert [one.path for one in served.asked] == ["/api/v1/rules?type=alert", "/api/v1/rules"]


def test_group_without_rules_is_an_error() -> None:
    with serving({"GET /api/v1/rules": saying({"groups": [{}]})}) as (api, _), pytest.raises(PrometheusError):
        api.rules()


def test_what_is_loaded_is_read() -> None:
    served: dict[str, Answer] = {
        "GET /api/v1/status/config": saying({"yaml": "global: {}"}),
        "GET /api/v1/status/flags": saying({"web.enable-lifecycle": "true"}),
        "GET /api/v1/scrape_pools": saying({"scrapePools": ["worker", "backend"]}),
    }
    with serving(served) as (api, _):
        assert (api.configuration(), api.flags(), api.scrape_jobs()) == (
            "global: {}",
            {"web.enable-lifecycle": "true"},
            ["backend", "worker"],
        )


def test_no_answer_is_an_error_of_the_connection() -> None:
    with httpx.Client(base_url="http://127.0.0.1:1") as http, pytest.raises(httpx.HTTPError):
        Prometheus(http).targets()
