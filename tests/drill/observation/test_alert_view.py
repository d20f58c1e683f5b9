from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from drills.drill.observation.alert_view import LOOK_BACK_S, SILENT_S, AlertView, Look
from tests.helpers.fake_system import Asked, Reply, fake_system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.helpers.fake_system import Answer, FakeSystem

SERIES = "runbook:connection_pool"
NO_RULES = (200, {"status": "success", "data": {"groups": []}})


def vector(*values: tuple[float, str]) -> Reply:
    rows = [{"metric": {}, "values": [list(each) for each in values]}] if values else []
    return 200, {"status": "success", "data": {"resultType": "matrix", "result": rows}}


def groups(*rules: tuple[str, str]) -> Reply:
    body = [{"name": "runbook", "rules": [{"name": name, "state": state}]} for name, state in rules]
    return 200, {"status": "success", "data": {"groups": body}}


@contextmanager
def asking(query: Answer, rules: Answer = NO_RULES) -> Iterator[tuple[AlertView, FakeSystem]]:
    with fake_system({"GET /api/v1/query": query, "GET /api/v1/rules": rules}) as served:
        prometheus = AlertView(served.url)
        try:
            yield prometheus, served
        finally:
            prometheus.close()


def value(query: Answer) -> float | None:
    with asking(query) as (prometheus, _):
        return prometheus.value(SERIES)


def test_fresh_value_is_read() -> None:
    assert value(vector((time.time(), "49.5"))) == 49.5


def test_latest_value_is_read() -> None:
    assert value(vector((time.time() - 0.5, "6"), (time.time(), "50"))) == 50.0


def test_stale_value_is_no_data() -> None:
    assert value(vector((time.time() - SILENT_S - 1, "6"))) is None


@pytest.mark.parametrize("text", ["NaN", "+Inf", "-Inf"])
def test_value_that_is_no_number_is_no_data(text: str) -> None:
    assert value(vector((time.time(), text))) is None


def test_series_that_does_not_exist_is_no_data() -> None:
    assert value(vector()) is None


BLIND: dict[str, Reply] = {
    "server error": (500, {"status": "success", "data": {"result": []}}),
    "status error": (200, {"status": "error", "errorType": "bad_data", "error": "parse error"}),
    "no JSON": (200, "<html>starting</html>"),
    "not ready": (503, b"Service Unavailable"),
}


@pytest.mark.parametrize("reply", BLIND.values(), ids=BLIND.keys())
def test_answer_that_is_none_is_no_data(reply: Reply) -> None:
    assert value(reply) is None


@pytest.mark.parametrize("reply", BLIND.values(), ids=BLIND.keys())
def test_states_that_cannot_be_read_are_blindness_and_not_quiet(reply: Reply) -> None:
    with asking(vector(), reply) as (prometheus, _):
        assert prometheus.look(SERIES).states is None


def test_error_with_a_body_of_success_is_not_believed() -> None:
    body: Any = vector((time.time(), "6"))[1]
    assert value((500, body)) is None


def test_refused_connection_is_no_data_and_no_failure() -> None:
    prometheus = AlertView("http://127.0.0.1:1")
    assert (prometheus.value(SERIES), prometheus.look(SERIES)) == (None, Look((), None))


def test_stack_without_prometheus_is_blindness() -> None:
    assert AlertView("").look(SERIES) == Look((), None)


def test_look_returns_all_samples_of_the_last_seconds() -> None:
    with asking(vector((100.0, "6"), (100.5, "7"))) as (prometheus, _):
        assert prometheus.look(SERIES).samples == ((100.0, 6.0), (100.5, 7.0))


def test_look_returns_the_state_of_every_alert_in_every_group() -> None:
    rules = groups(("HighErrorRate", "inactive"), ("ServiceDown", "firing"))
    with asking(vector(), rules) as (prometheus, _):
        assert prometheus.look(SERIES).states == {"HighErrorRate": "inactive", "ServiceDown": "firing"}


def test_look_asks_for_the_series_over_the_look_back() -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Reply:
        asked.append(request)
        return vector()

    with asking(answer) as (prometheus, _):
        prometheus.look(SERIES)
    assert asked[0].path.endswith(f"query=runbook%3Aconnection_pool%5B{LOOK_BACK_S}s%5D")


def remembering(evaluated: list[float], fired: list[float]) -> float | None:
    """Ask since when it is quiet now (at 100 s), of a Prometheus that evaluated and let an alert fire then."""

    def answer(request: Asked) -> Reply:
        return vector(*((at, "1") for at in (fired if "firing" in request.path else evaluated)))

    with asking(answer) as (prometheus, _):
        return prometheus.quiet_since(100.0)


def test_quiet_that_began_before_the_monitor_is_counted() -> None:
    assert remembering([90.0, 91.5, 93.0, 94.5, 96.0, 97.5, 99.0], []) == 90.0


def test_quiet_began_after_the_last_alert_that_fired() -> None:
    assert remembering([94.0, 95.0, 96.0, 97.0, 98.0, 99.0], [94.0, 95.0]) == 95.0


def test_quiet_is_not_remembered_over_a_gap() -> None:
    assert remembering([90.0, 91.0, 91.0 + SILENT_S + 0.5, 95.0, 97.0, 99.0], []) == 93.5


@pytest.mark.parametrize("evaluated", [[], [90.0, 91.0]], ids=["never", "not of late"])
def test_prometheus_that_does_not_evaluate_remembers_no_quiet(evaluated: list[float]) -> None:
    assert remembering(evaluated, []) is None


@pytest.mark.parametrize("reply", BLIND.values(), ids=BLIND.keys())
def test_answer_that_is_none_is_no_quiet(reply: Reply) -> None:
    with asking(reply) as (prometheus, _):
        assert prometheus.quiet_since(100.0) is None
