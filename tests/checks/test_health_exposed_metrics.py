import pytest

from checks.health.exposed_metrics import (
    BACKEND,
    CONNECTION_STATES,
    LONG_BUCKETS_S,
    WORKER,
    backend_metrics,
    connection_gauges,
    latency_buckets,
    worker_metrics,
)
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import target_at
from tests.helpers.fake_system import fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

DECLARED = "".join(f"# TYPE {name} gauge\n" for name in (*BACKEND, *WORKER))
GAUGES = "".join(f'database_connections{{state="{state}"}} 1\n' for state in CONNECTION_STATES)
BUCKETS = "".join(f'http_request_duration_seconds_bucket{{le="{limit}"}} 1\n' for limit in (*LONG_BUCKETS_S, "+Inf"))
WHOLE = DECLARED + GAUGES + BUCKETS + 'pdf_jobs_total{type="exam",status="failed"} 1\n'
ALL = (backend_metrics, worker_metrics, connection_gauges, latency_buckets)


def look(one: Check, text: str) -> CheckResult:
    with fake_system({"GET /metrics": (200, text.encode())}) as served:
        return one(CheckContext(target_at(served.url, backend_url=served.url, worker_url=served.url), OWN_RUNBOOK))


@pytest.mark.parametrize("one", ALL)
def test_metrics_as_promised_pass(one: Check) -> None:
    check_result = look(one, WHOLE)
    assert check_result.outcome is Outcome.PASS, str(check_result)


RED: list[tuple[Check, str, str]] = [
    (backend_metrics, WHOLE.replace("# TYPE queue_jobs_waiting gauge\n", ""), "no queue_jobs_waiting"),
    (backend_metrics, WHOLE.replace("state=", "kind="), "database_connections without state"),
    (worker_metrics, WHOLE.replace('type="exam",', ""), "pdf_jobs_total without type"),
    (worker_metrics, "", "no pdf_jobs_total; no pdf_processing"),
    (connection_gauges, WHOLE.replace('state="idle"} 1', 'state="idle"} NaN'), "no number for idle"),
    (
        connection_gauges,
        WHOLE.replace('state="total"} 1', 'state="total"} many'),
        "is no sample: 'database_connections",
    ),
    (connection_gauges, DECLARED, "no number for active, idle, idle in transaction, total"),
    (latency_buckets, WHOLE.replace('le="30.0"', 'le="29"'), "no bucket of 30 s among 4"),
    (latency_buckets, DECLARED, "no bucket of 15 s, 30 s, 60 s"),
    *((one, "<html>", "200 with no metrics: line 1") for one in ALL),
]


@pytest.mark.parametrize(("one", "text", "seen"), RED)
def test_what_is_missing_from_the_metrics_is_seen(one: Check, text: str, seen: str) -> None:
    check_result = look(one, text)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_gauge_that_could_not_be_read_once_is_read_again() -> None:
    blind = WHOLE.replace('state="idle"} 1', 'state="idle"} NaN')
    turns = iter([blind, WHOLE])
    with fake_system({"GET /metrics": lambda _: (200, next(turns).encode())}) as served:
        check_result = connection_gauges(CheckContext(target_at(served.url, backend_url=served.url), OWN_RUNBOOK))
    assert check_result.ok, str(check_result)
