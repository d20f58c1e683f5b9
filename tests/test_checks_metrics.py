import itertools
from typing import Any

import pytest

from checks import test_metrics as metrics
from checks.exposition import Exposition
from checks.target import Target
from tests.fake_site import site

JOBS = b'# TYPE pdf_jobs_total counter\npdf_jobs_total{type="exam",status="completed"} 1\n'


def pages_of(reply: Any) -> metrics.Pages:
    with site({"GET /metrics": reply}) as served:
        return metrics.read_pages(Target("x", served.url, backend_url=served.url))


def test_metrics_that_can_be_read_are_handed_out() -> None:
    pages = pages_of((200, JOBS))
    metrics.test_metrics_can_be_read("backend", pages)
    assert "pdf_jobs_total" in metrics.page_of("backend", pages).declared


@pytest.mark.parametrize(
    ("reply", "seen"),
    [((503, b"down"), r"-> 503 down"), ((200, "<html></html>"), "line 1 is no sample")],
    ids=["status", "body"],
)
def test_metrics_that_cannot_be_read_fail_once_and_what_needs_them_is_left_out(reply: Any, seen: str) -> None:
    pages = pages_of(reply)
    with pytest.raises(
        pytest.fail.Exception, match=rf"expected metrics at .*/metrics, saw .*{seen}.*; next: "
    ) as error:
        metrics.test_metrics_can_be_read("backend", pages)
    assert error.value.__context__ is None
    with pytest.raises(pytest.skip.Exception, match="no metrics of the backend to look into"):
        metrics.page_of("backend", pages)


def test_count_of_one_replica_among_several_is_found() -> None:
    idle = b"# TYPE pdf_jobs_total counter\n"
    turns = itertools.cycle([idle, idle, JOBS])
    found = pages_of(lambda _: (200, next(turns)))["backend"]
    assert isinstance(found, Exposition)
    assert found.named("pdf_jobs_total")


def test_part_without_an_address_is_left_out() -> None:
    with pytest.raises(pytest.skip.Exception, match="no worker URL in the target"):
        metrics.test_metrics_can_be_read("worker", pages_of((200, JOBS)))


def test_missing_label_is_named() -> None:
    found = pages_of((200, JOBS))["backend"]
    assert isinstance(found, Exposition)
    with pytest.raises(AssertionError, match=r"expected pdf_jobs_total with .*'queue'.*saw \['status', 'type'\]"):
        metrics.require(found, "pdf_jobs_total", {"type", "queue"})


def test_missing_metric_is_named_among_those_seen() -> None:
    found = pages_of((200, JOBS))["backend"]
    assert isinstance(found, Exposition)
    with pytest.raises(AssertionError, match="expected metric up, saw only pdf_jobs_total"):
        metrics.require(found, "up", set())


def test_metric_that_has_counted_nothing_yet_is_left_out() -> None:
    found = pages_of((200, b"# TYPE pdf_jobs_total counter\n"))["backend"]
    assert isinstance(found, Exposition)
    with pytest.raises(pytest.skip.Exception, match="nothing has been counted"):
        metrics.require(found, "pdf_jobs_total", {"type"})
