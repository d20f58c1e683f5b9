import pytest

from drills.common.prometheus_text import Series, parse

TEXT = """\
# HELP pdf_jobs_total Jobs.
# TYPE pdf_jobs_total counter
# TYPE database_connections gauge
database_connections{state="idle in transaction"} 3.0
database_connections{state="total",note="a \\"b\\", c=\\"d\\""} NaN 1700000000

process_cpu_seconds_total 1.5e-3
"""


def test_samples_are_read_with_labels_and_value() -> None:
    assert parse(TEXT).series == (
        Series("database_connections", {"state": "idle in transaction"}, "3.0"),
        Series("database_connections", {"state": "total", "note": 'a \\"b\\", c=\\"d\\"'}, "NaN"),
        Series("process_cpu_seconds_total", {}, "1.5e-3"),
    )


def test_declared_metric_without_a_sample_is_known() -> None:
    assert "pdf_jobs_total" in parse(TEXT).declared
    assert parse(TEXT).named("pdf_jobs_total") == []


@pytest.mark.parametrize("line", ["<html>", "name", 'name{a="b"', "1name 3"])
def test_what_is_no_sample_is_named_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no sample"):
        parse(f"up 1\n{line}\n")
