"""A figure in an alert's sentence is read right, or the sentence is refused; it is never another value."""

from __future__ import annotations

import pytest

from drills.runbook.errors import LineError
from drills.runbook.figures import value_of, whole
from drills.runbook.measures import measured, spaced
from drills.runbook.model import Quantity
from drills.runbook.quantities import limit
from drills.runbook.windows import window_s

LINE = 7
Read = tuple[Quantity | None, str, float, float | None]


def read(sentence: str) -> Read:
    of = measured(LINE, sentence)
    assert of is not None
    found = limit(LINE, of, sentence)
    return of, found.op, found.value, window_s(LINE, of, sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the queue holds more than 10k jobs for 5 minutes", (Quantity.QUEUE_DEPTH, ">", 10_000, 300)),
        ("the queue holds more than 1 000 jobs for 5 minutes", (Quantity.QUEUE_DEPTH, ">", 1000, 300)),
        ("the queue holds more than 1\u202f000 jobs", (Quantity.QUEUE_DEPTH, ">", 1000, None)),
        ("the queue holds more than 1.000 jobs for 5 minutes", (Quantity.QUEUE_DEPTH, ">", 1000, 300)),
        ("the queue holds more than 1,000 jobs", (Quantity.QUEUE_DEPTH, ">", 1000, None)),
        ("more than 1.5k connections are open for 5 minutes", (Quantity.CONNECTION_POOL, ">", 1500, 300)),
        ("more than 2 million jobs wait in the queue", (Quantity.QUEUE_DEPTH, ">", 2_000_000, None)),
        ("error rate > 0.05 for 5m", (Quantity.ERROR_RATE, ">", 0.05, 300)),
        ("error rate > 5 % for 5m", (Quantity.ERROR_RATE, ">", 0.05, 300)),
        ("error rate>5% for 5m", (Quantity.ERROR_RATE, ">", 0.05, 300)),
        ("error rate exceeds .5% for five minutes", (Quantity.ERROR_RATE, ">", 0.005, 300)),
        ("the error rate exceeds 5% over a 5-minute window", (Quantity.ERROR_RATE, ">", 0.05, 300)),
        ("the error rate exceeds 5% in the last 10 minutes", (Quantity.ERROR_RATE, ">", 0.05, 600)),
        ("error rate exceeds 5% in the past hour", (Quantity.ERROR_RATE, ">", 0.05, 3600)),
        ("error rate > 5% (5 min)", (Quantity.ERROR_RATE, ">", 0.05, 300)),
        ("error rate > 5% sustained 10 minutes", (Quantity.ERROR_RATE, ">", 0.05, 600)),
        ("error rate exceeds 5% for half an hour", (Quantity.ERROR_RATE, ">", 0.05, 1800)),
        ("error rate exceeds 5% for 1h30m", (Quantity.ERROR_RATE, ">", 0.05, 5400)),
        ("the error rate is at least 5% for 5 minutes", (Quantity.ERROR_RATE, ">=", 0.05, 300)),
        ("an error rate of 5% or more for 5 minutes", (Quantity.ERROR_RATE, ">=", 0.05, 300)),
        ("error rate no more than 5%", (Quantity.ERROR_RATE, "<=", 0.05, None)),
        ("CPU above 80% or memory above 80% for 10 minutes", (Quantity.RESOURCE_UTILIZATION, ">", 0.8, 600)),
        ("fewer than 2 replicas available for 5 minutes", (Quantity.HEALTH, "<", 2, 300)),
        ("the 95th percentile of the response time exceeds 2 s", (Quantity.RESPONSE_TIME_P95, ">", 2, None)),
        ("over 5 minutes the p95 latency exceeds 500 ms", (Quantity.RESPONSE_TIME_P95, ">", 0.5, 300)),
        ("latency exceeds 1,500 ms for 300 seconds", (Quantity.RESPONSE_TIME_P95, ">", 1.5, 300)),
        ("latency exceeds 1m30s for 5 minutes", (Quantity.RESPONSE_TIME_P95, ">", 90, 300)),
        ("latency exceeds 2 s 500 ms for 5 minutes", (Quantity.RESPONSE_TIME_P95, ">", 2.5, 300)),
        ("p95 latency > 2s 5m", (Quantity.RESPONSE_TIME_P95, ">", 2, 300)),
        ("5xx error rate on db1 (SEV-2) exceeds 5% for 5 minutes", (Quantity.ERROR_RATE, ">", 0.05, 300)),
    ],
)
def test_is_read_right(sentence: str, expected: Read) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("the queue holds more than 1,5 jobs", "no threshold"),
        ("error rate > 5 for 5m", "no threshold"),
        ("error rate > 0.5 \u2030", "no threshold"),
        ("more than 80% of connections in use", "unknown unit '%'"),
        ("the queue holds more than 10 failed jobs", "unknown unit 'failed'"),
        ("queue > 2m jobs", "unknown unit 'm'"),
        ("queue holds > 1e3 jobs", "unknown unit 'e'"),
        ("p99 latency exceeds 2s for 5 minutes", "about the p99"),
        ("99th percentile latency above 1s", "about the p99"),
        ("average response time exceeds 2s", "about the average"),
        ("average CPU exceeds 80% for 5 minutes", "about the average"),
        ("response time exceeds 1.500 s", "two ways"),
        ("sustained error rate above 5%", "no window can be read"),
        ("error rate above 5% for several minutes", "no window can be read"),
        ("error rate exceeds 5% every 5 minutes", "no window can be read"),
        ("error rate exceeds 5% for 5 minutes within an hour", "no window can be read"),
        ("error rate exceeds 5% or 10% for 5 minutes", "the figure '10'"),
        ("CPU above 80% or memory above 90% for 10 minutes", "has two limits"),
        ("error rate > 1% for 5 minutes or > 5% for 1 minute", "has two limits"),
        ("error rate exceeds 5-10% for 5 minutes", "no threshold"),
        ("error rate is not above 5%", "negates its limit"),
        ("error rate exceeds 5% above baseline", "compares with what is usual"),
        ("queue holds more than 100 jobs per minute", "counts per time"),
        ("error rate exceeds 5% for 3 consecutive checks", "unknown unit of time 'consecutive'"),
        ("the login error rate exceeds 5%", "names authentication and error_rate"),
    ],
)
def test_is_refused(sentence: str, words: str) -> None:
    with pytest.raises(LineError, match=words) as caught:
        read(sentence)
    assert caught.value.line == LINE


@pytest.mark.parametrize("sentence", ["authors download slowly", "the enqueued memoryless cpus", "healthcare costs"])
def test_part_of_a_word_names_nothing(sentence: str) -> None:
    assert measured(LINE, sentence) is None


def test_name_of_an_alert_is_read_by_its_words() -> None:
    assert measured(LINE, spaced("HighErrorRate")) is Quantity.ERROR_RATE
    assert measured(LINE, spaced("AuthorsDownload")) is None


@pytest.mark.parametrize(
    ("text", "value", "counted"),
    [
        ("1.500", None, 1500),
        ("1.5", 1.5, 1.5),
        ("1.000.000", 1e6, 1e6),
        ("0.050", 0.05, 0.05),
        ("12 500", 12_500, 12_500),
    ],
)
def test_point_before_three_digits_has_two_readings(text: str, value: float | None, counted: float) -> None:
    assert (value_of(text), whole(text)) == (value, counted)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("memory below 10% free for 5 minutes", "counts what is unused"),
        ("CPU idle below 20% for 5 minutes", "counts what is unused"),
        ("more than 2 replicas down for 5 minutes", "counts what is not up"),
        ("at least one instance is not ready or down for 5 minutes", "counts what is not up"),
        ("error rate increases by more than 5% for 5 minutes", "compares with an earlier value"),
        ("the queue grows more than 500 jobs for 5 minutes", "compares with an earlier value"),
    ],
)
def test_figure_of_something_else_is_refused(sentence: str, words: str) -> None:
    with pytest.raises(LineError, match=words):
        read(sentence)
