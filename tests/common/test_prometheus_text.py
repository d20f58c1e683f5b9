import pytest

from drills.common.prometheus_text import gauges, parse, without

TEXT = """\
# HELP pdf_jobs_total Jobs.
# TYPE pdf_jobs_total counter
# TYPE database_connections gauge
database_connections{state="idle in transaction"} 3.0
database_connections{state="total",note="a \\"b\\", c=\\"d\\""} NaN 1700000000

process_cpu_seconds_total 1.5e-3
"""


def test_samples_are_read_with_labels_and_value() -> None:
    found = [(one.name, one.labels, str(one.value)) for one in parse(TEXT).samples]
    assert found == [
        ("database_connections", {"state": "idle in transaction"}, "3.0"),
        ("database_connections", {"state": "total", "note": 'a "b", c="d"'}, "nan"),
        ("process_cpu_seconds_total", {}, "0.0015"),
    ]


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"], ids=repr)
def test_line_ends_at_a_line_feed_only(end: str) -> None:
    (sample,) = parse(f'up{{note="a{end}b"}} 1\n').samples
    assert sample.labels == {"note": f"a{end}b"}
    text = f'check_x{{note="a{end}b"}} 1\ndrill_x{{note="c{end}d"}} 2\n'
    assert without(text, "check_") == f'drill_x{{note="c{end}d"}} 2\n'


OPEN_TEXT = '# TYPE jobs counter\njobs_total 3.0 # {trace_id="x"} 1.0\n'


@pytest.mark.parametrize("content_type", ["", "application/openmetrics-text; version=1.0.0"], ids=["last line", "type"])
def test_open_metrics_is_known_by_its_type_or_its_last_line(content_type: str) -> None:
    found = parse(f"{OPEN_TEXT}# EOF\n", content_type)
    assert ("jobs_total" in found.declared, [one.value for one in found.named("jobs_total")]) == (True, [3.0])


def test_open_metrics_without_its_end_is_cut_short() -> None:
    with pytest.raises(ValueError, match="no Prometheus text"):
        parse("# TYPE jobs counter\njobs_total 3.0\n", "application/openmetrics-text")


@pytest.mark.parametrize("end", ["", " 1700000000.5"])
@pytest.mark.parametrize("rest", ["", 'request_seconds_bucket{le="+Inf"} 5\n'], ids=["lenient", "strict"])
def test_exemplar_is_no_value(end: str, rest: str) -> None:
    text = f"""\
# TYPE request_seconds histogram
request_seconds_bucket{{le="30.0"}} 5 # {{trace_id="a # b"}} 0.3{end}
{rest}request_seconds_count 5
# TYPE process_cpu_seconds counter
process_cpu_seconds_total 1 1700000000.25
# EOF
"""
    found = parse(text)
    (bucket, *_) = found.named("request_seconds_bucket")
    assert (bucket.labels, bucket.value) == ({"le": "30.0"}, 5)
    assert {"request_seconds", "process_cpu_seconds_total"} <= found.declared


def test_gauges_are_read_as_they_were_written() -> None:
    text = gauges([("check_x", "About x.", [({"note": 'a "b"\\\nc'}, 0.5)]), ("check_y", "Nothing.", [])])
    (sample,) = parse(text).samples
    assert (sample.labels, sample.value, "check_y" in text) == ({"note": 'a "b"\\\nc'}, 0.5, False)


def test_declared_metric_without_a_sample_is_known() -> None:
    assert "pdf_jobs_total" in parse(TEXT).declared
    assert parse(TEXT).named("pdf_jobs_total") == []


@pytest.mark.parametrize("line", ["<html>", "name", 'name{a="b"', "1name 3"])
def test_what_is_no_sample_is_named_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no sample"):
        parse(f"up 1\n{line}\n")
