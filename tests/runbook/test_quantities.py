"""Limits in the words that runbooks of different systems use."""

from __future__ import annotations

import pytest

from drills.runbook.model import Quantity
from drills.runbook.quantities import limit


@pytest.mark.parametrize("word", ["jobs", "messages", "tasks", "items"])
def test_depth_of_a_queue_is_counted_in_what_waits_there(word: str) -> None:
    found = limit(1, Quantity.QUEUE_DEPTH, f"Queue depth exceeds 100 {word} for 5 minutes")
    assert (found.op, found.value, found.text) == (">", 100.0, f"> 100 {word}")


def test_bare_figure_takes_the_quantity_s_own_unit() -> None:
    assert limit(1, Quantity.CONNECTION_POOL, "more than 50 in use").text == "> 50 connections"
