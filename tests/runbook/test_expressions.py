"""An expression is PromQL with a window of its own, or it is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from drills.runbook import Quantity
from drills.runbook.expressions import Expressions, duration, series
from tests.helpers.runbook_samples import EXPRESSIONS

RATE = "sum(rate(errors_total[$window])) / sum(rate(answers_total[$window] offset $window))"
SYSTEM = Expressions(error_rate=RATE, queue_depth="max(jobs)\n")


def test_every_quantity_may_have_an_expression_but_what_only_a_rule_knows() -> None:
    known = {quantity.value for quantity in Quantity if quantity is not Quantity.OTHER}
    assert Expressions.model_fields.keys() - {"key_metrics"} == known
    assert SYSTEM.at(Quantity.OTHER, 1.0) is None


def test_the_window_is_filled_in_wherever_it_stands() -> None:
    filled = "sum(rate(errors_total[90000ms])) / sum(rate(answers_total[90000ms] offset 90000ms))"
    assert SYSTEM.at(Quantity.ERROR_RATE, window_s=90) == filled


def test_a_quantity_with_a_window_is_a_rate() -> None:
    assert [SYSTEM.is_rate(each) for each in (Quantity.ERROR_RATE, Quantity.QUEUE_DEPTH)] == [True, False]


def test_what_has_no_expression_is_not_measured() -> None:
    assert SYSTEM.quantities == {Quantity.ERROR_RATE, Quantity.QUEUE_DEPTH}
    assert SYSTEM.at(Quantity.HEALTH, window_s=90) is None
    assert not SYSTEM.is_rate(Quantity.HEALTH)


def test_the_metrics_behind_a_quantity_are_named_once() -> None:
    assert SYSTEM.metrics(Quantity.ERROR_RATE) == ("answers_total", "errors_total")
    assert SYSTEM.metrics(Quantity.HEALTH) == ()


@pytest.mark.parametrize(
    "text",
    ["", "max(", "rate(a)", "rates(a[$window])", "rate(a[$windows])", "a[$window]", "a[5m:1m]", '"a"', "$window"],
)
def test_what_a_rule_cannot_record_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"no PromQL when \$window is 1m|a range of values|reads no series"):
        Expressions(health=text)


def test_the_reference_stack_counts_three_quantities_over_a_window() -> None:
    rates = {quantity for quantity in Quantity if EXPRESSIONS.is_rate(quantity)}
    assert rates == {Quantity.ERROR_RATE, Quantity.RESPONSE_TIME_P95, Quantity.AUTHENTICATION}


def test_series_and_durations_are_written_as_prometheus_wants_them() -> None:
    assert series(Quantity.ERROR_RATE) == "runbook:error_rate"
    assert [duration(seconds) for seconds in (300, 0.5, 0.00001)] == ["300000ms", "500ms", "1ms"]
