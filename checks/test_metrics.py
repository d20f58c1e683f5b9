"""The metrics that the runbook's alerts stand on are exposed under the promised names and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from checks.exposition import Exposition, parse
from checks.reading import Unexpected, in_words
from checks.web import get

if TYPE_CHECKING:
    from checks.target import Target

# Metric as declared, and the labels that each of its samples carries; a histogram's are those of its count.
BACKEND = {
    "http_request_duration_seconds": {"method", "route", "status"},
    "queue_jobs_waiting": {"queue"},
    "database_connections": {"state"},
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
}
WORKER = {
    "pdf_jobs_total": {"type", "status"},
    "pdf_processing_duration_seconds": {"type", "status"},
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
}
CONNECTION_STATES = ("active", "idle", "idle in transaction", "total")
LOOKS = 8  # an address may stand for several replicas, and only the one that did a job has counted it
LONG_BUCKETS_S = (15.0, 30.0, 60.0)


Pages = dict[str, Exposition | str]
"""What each part exposes, or why that could not be read; a part without an address is not in it."""


@pytest.fixture(scope="module")
def pages(target: Target) -> Pages:
    """Read the metrics of every part once."""
    return read_pages(target)


@pytest.fixture(scope="module")
def backend(pages: Pages) -> Exposition:
    """Return what the backend exposes."""
    return page_of("backend", pages)


@pytest.fixture(scope="module")
def worker(pages: Pages) -> Exposition:
    """Return what one worker exposes."""
    return page_of("worker", pages)


@pytest.mark.parametrize("part", ["backend", "worker"])
def test_metrics_can_be_read(part: str, pages: Pages) -> None:
    """The part exposes its metrics in Prometheus' text format."""
    found = pages.get(part)
    if found is None:
        pytest.skip(f"not checked: no {part} URL in the target")
    if isinstance(found, str):
        pytest.fail(found, pytrace=False)


@pytest.mark.parametrize("name", BACKEND)
def test_backend_exposes(name: str, backend: Exposition) -> None:
    """The backend exposes the metric with every promised label."""
    require(backend, name, BACKEND[name])


@pytest.mark.parametrize("name", WORKER)
def test_worker_exposes(name: str, worker: Exposition) -> None:
    """The worker exposes the metric with every promised label."""
    require(worker, name, WORKER[name])


@pytest.mark.parametrize("state", CONNECTION_STATES)
def test_connections_are_counted_by(state: str, backend: Exposition) -> None:
    """The backend counts its database connections in this state, as a number."""
    found = [one.value for one in backend.named("database_connections") if one.labels["state"] == state]
    assert found, f"expected a sample with state={state!r}, saw none; is the database up?"
    assert float(found[0]) >= 0, f"expected a count, saw {found[0]}; the backend could not read its source"


@pytest.mark.parametrize("seconds", LONG_BUCKETS_S)
def test_slow_answers_have_a_bucket_up_to(seconds: float, backend: Exposition) -> None:
    """The latency histogram can tell slow answers apart beyond the runbook's limits."""
    found = {float(one.labels["le"]) for one in backend.named("http_request_duration_seconds_bucket")}
    assert seconds in found, f"expected a bucket of {seconds:g} s, saw {sorted(found)}"


def read_pages(target: Target) -> Pages:
    """Return the metrics of each part of `target` that has an address."""
    addresses = {"backend": target.backend_url, "worker": target.worker_url}
    return {part: _read(target, url, part) for part, url in addresses.items() if url is not None}


def page_of(part: str, pages: Pages) -> Exposition:
    """Return the part's metrics; skips when there are none, which test_metrics_can_be_read reports, once."""
    found = pages.get(part)
    if not isinstance(found, Exposition):
        pytest.skip(f"not checked: there are no metrics of the {part} to look into")
    return found


def _read(target: Target, url: str, part: str) -> Exposition | str:
    try:
        looks = [parse(get(target, url, "/metrics").text) for _ in range(LOOKS)]
    except (httpx.HTTPError, Unexpected, ValueError) as error:
        seen = in_words(error, target)
        return target.redact(f"expected metrics at {url}/metrics, saw {seen}; next: read the {part}'s log")
    declared_by_all = frozenset.intersection(*(look.declared for look in looks))
    return Exposition(declared_by_all, tuple(one for look in looks for one in look.series))


def require(found: Exposition, name: str, labels: set[str]) -> None:
    """Fail unless the metric is declared and carries the labels; skips one that has counted nothing yet."""
    __tracebackhide__ = True
    assert name in found.declared, f"expected metric {name}, saw only {', '.join(sorted(found.declared))}"
    samples = found.named(name) or found.named(f"{name}_count")
    if not samples:
        pytest.skip(f"not checked: {name} is declared, and nothing has been counted in it yet")
    missing = labels - set(samples[0].labels)
    assert not missing, f"expected {name} with {sorted(labels)}, saw {sorted(samples[0].labels)}"
