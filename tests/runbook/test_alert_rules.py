"""Whether a rule of Prometheus says what the runbook says is decided on its tree, or left open with the reason."""

import pytest

from drills.common.threshold import Threshold
from drills.runbook.alert_rules.agreement import compare
from drills.runbook.alert_rules.compared import Agreement
from drills.runbook.alert_rules.limits import ALWAYS, NEVER
from drills.runbook.model import Alert, Quantity

ERRORS = "sum(rate(requests_total{status=~'5..'}[5m]))"
ALL = "sum(rate(requests_total[5m]))"
SLOW = "histogram_quantile({}, sum by (le) (rate({}_bucket[5m])))"


def documented(quantity: Quantity, op: str, value: float, text: str = "", window_s: float | None = None) -> Alert:
    return Alert("An", quantity, Threshold(op, value, "", ""), window_s, text, 1)


ERROR_RATE = documented(Quantity.ERROR_RATE, ">", 0.05)
USED = documented(Quantity.RESOURCE_UTILIZATION, ">", 0.8)
P95 = documented(Quantity.RESPONSE_TIME_P95, ">", 10.0, "the p95 of the response time exceeds 10s")
LATENCY = documented(Quantity.RESPONSE_TIME_P95, ">", 10.0, "the response time exceeds 10s")
QUEUE = documented(Quantity.QUEUE_DEPTH, ">", 500.0)
DOWN = documented(Quantity.HEALTH, "<", 1.0)

SAME = [
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.05"),
    (ERROR_RATE, f"0.05 < {ERRORS} / {ALL}"),
    (ERROR_RATE, f"{ERRORS} / {ALL} * 100 > 5"),
    (ERROR_RATE, f"100 * ({ERRORS} / {ALL}) >= 5"),
    (ERROR_RATE, f"{ERRORS} > 0.05 * {ALL}"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > (5 / 100)"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.05 and {ALL} > 1"),
    (ERROR_RATE, f"{ALL} > 1 and {ERRORS} / {ALL} > 0.05"),
    (ERROR_RATE, f"{ERRORS} / ({ALL} > 0) > 0.05"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.05 unless on () maintenance == 1"),
    (ERROR_RATE, f"({ERRORS} / {ALL} > 0.05) * on () group_left (node) info"),
    (ERROR_RATE, f"({ERRORS} / {ALL} > bool 0.05) == 1"),
    (ERROR_RATE, f"({ERRORS} / {ALL} <= bool 0.05) < 1"),
    (ERROR_RATE, f"sum({ERRORS} / {ALL} > bool 0.05) > 0"),
    (ERROR_RATE, f"count({ERRORS} / {ALL} > 0.05) >= 1"),
    (ERROR_RATE, f"1 - {ERRORS} / {ALL} > 0.05"),
    (ERROR_RATE, "errors:burn1h > 0.05 and errors:burn5m > 0.05"),
    (ERROR_RATE, "errors:rate > 0.05 or absent(errors:rate)"),
    (ERROR_RATE, "error_percent > 5"),
    (ERROR_RATE, "runbook:error_rate > 0.05"),
    (USED, "100 - avg(rate(node_cpu_seconds_total{mode='idle'}[5m])) * 100 > 80"),
    (USED, "(1 - free_bytes / total_bytes) * 100 > 80"),
    (USED, "(total_bytes - free_bytes) / total_bytes > 0.8"),
    (USED, "rate(container_cpu_usage_seconds_total[5m]) > 0.8"),
    (P95, f"{SLOW.format(0.95, 'duration_seconds')} > 10"),
    (P95, f"{SLOW.format(0.95, 'duration_milliseconds')} > 10000"),
    (P95, f"{SLOW.format(0.95, 'duration_milliseconds')} / 1000 > 10"),
    (P95, "duration_seconds{quantile='0.95'} > 10"),
    (LATENCY, "rate(duration_ms_sum[5m]) / rate(duration_ms_count[5m]) > 10e3"),
    (QUEUE, "sum(jobs) > 500"),
    (QUEUE, "jobs >= 501"),
    (QUEUE, "jobs - 1 > 499"),
    (DOWN, "up{job='backend'} == 0"),
    (DOWN, "up != 1"),
    (DOWN, "up < 0.5"),
    (DOWN, "probe_success == 0 or absent(probe_success)"),
    (DOWN, "absent(up == 1)"),
    (DOWN, "count(up == 0) > 0"),
    (DOWN, "(count(up == 1) or vector(0)) < 1"),
    (DOWN, "min by (job) (up) == 0"),
]
DIFFERENT = [
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.5", ""),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 5", ""),
    (ERROR_RATE, f"100 * {ERRORS} / {ALL} > 0.05", ""),
    (ERROR_RATE, f"{ERRORS} > 0.05", "a number per second, not a share"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.144 or {ERRORS} / {ALL} > 0.06", ""),
    (ERROR_RATE, f"{ERRORS} / {ALL} > bool 0.05", ALWAYS),
    (ERROR_RATE, f"{ERRORS} / {ALL}", "compares with no limit"),
    (ERROR_RATE, "vector(1)", "reads no series"),
    (P95, f"{SLOW.format(0.99, 'duration_seconds')} > 10", "the quantile 0.99, not at p95"),
    (P95, f"{SLOW.format(0.95, 'duration_milliseconds')} > 10", ""),
    (QUEUE, "jobs > 5000", ""),
    (QUEUE, "jobs >= 500", ""),
    (DOWN, "up > 1", ""),
    (DOWN, "absent(up)", "whatever the values are"),
    (DOWN, "count(up == 1) < 1", NEVER),
    (DOWN, "sum(up) < 3", ""),
    (DOWN, "up < 1e-", "no PromQL"),
]
UNDECIDED = [
    (ERROR_RATE, "errors > limits", "two series"),
    (ERROR_RATE, "cpu_load > 5", "if its figure counts in 0.01"),
    (ERROR_RATE, "good / all < 0.95", "the other way round"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.05 and {ERRORS} / {ALL} < 0.5", "a second limit on the same figure, < 0.5"),
    (ERROR_RATE, f"{ERRORS} / {ALL} > 0.05 or queue > 9", "in other ways as well"),
    (USED, "memory_bytes > 500000000", "a size in bytes, not a share"),
    (P95, "rate(duration_seconds_sum[5m]) / rate(duration_seconds_count[5m]) > 10", "the mean"),
    (QUEUE, "time() - oldest_job > 500", "a time, not a number"),
    (DOWN, "replicas_unavailable > 0", "the other way round"),
    (DOWN, "count(up == 0) > 2", "counts the series"),
    (DOWN, "new_function(up) < 1", "unknown function"),
]


@pytest.mark.parametrize(("alert", "query"), SAME)
def test_same_limit_in_another_form(alert: Alert, query: str) -> None:
    assert compare(alert, query, None, {}).agreement is Agreement.SAME


@pytest.mark.parametrize(("alert", "query", "why"), DIFFERENT)
def test_another_limit(alert: Alert, query: str, why: str) -> None:
    compared = compare(alert, query, None, {})
    assert compared.agreement is Agreement.DIFFERENT
    assert why in compared.why


@pytest.mark.parametrize(("alert", "query", "why"), UNDECIDED)
def test_what_the_tree_does_not_decide_is_left_open(alert: Alert, query: str, why: str) -> None:
    compared = compare(alert, query, None, {})
    assert compared.agreement is Agreement.UNDECIDED
    assert why in compared.why


def test_recording_rules_are_followed_and_may_read_themselves() -> None:
    recorded = {"job:percent": "100 * job:share", "job:share": f"{ERRORS} / {ALL}", "loop": "loop + 0"}
    assert compare(ERROR_RATE, "job:percent > 5", None, recorded).agreement is Agreement.SAME
    assert compare(ERROR_RATE, "job:percent > 0.05", None, recorded).agreement is Agreement.DIFFERENT
    assert compare(ERROR_RATE, "loop > 0.07", None, recorded).agreement is Agreement.DIFFERENT


@pytest.mark.parametrize(
    ("query", "for_s", "agreement"),
    [
        ("a_ratio > 0.05", 300.0, Agreement.SAME),
        ("a_ratio > 0.05", None, Agreement.SAME),
        ("a_ratio > 0.05", 60.0, Agreement.DIFFERENT),
        ("a_ratio > 0.05", 0.0, Agreement.DIFFERENT),
        ("avg_over_time(a_ratio[5m]) > 0.05", 0.0, Agreement.SAME),
        ("avg_over_time(a_ratio[5m]) > 0.05", 60.0, Agreement.UNDECIDED),
        ("avg_over_time(a_ratio[1m]) > 0.05", 0.0, Agreement.DIFFERENT),
        ("a_ratio > 0.5", 300.0, Agreement.DIFFERENT),
    ],
)
def test_windows_are_compared_as_well(query: str, for_s: float | None, agreement: Agreement) -> None:
    alert = documented(Quantity.ERROR_RATE, ">", 0.05, window_s=300.0)
    assert compare(alert, query, for_s, {}).agreement is agreement


def test_time_scale_divides_the_documented_window() -> None:
    alert = documented(Quantity.ERROR_RATE, ">", 0.05, window_s=300.0)
    assert compare(alert, "a_ratio > 0.05", 5.0, {}, time_scale=60.0).agreement is Agreement.SAME
