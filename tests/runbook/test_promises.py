"""The promises of a runbook are read from it: quantity, limit, time, or that they are not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import Quantity, load
from drills.runbook.model import Measure, Place
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook.model import RunbookPromise

AFTER_VERIFICATION = "- The number of waiting jobs falls from one reading to the next"


def at_verification(incident: int) -> list[RunbookPromise]:
    return [each for each in OWN_RUNBOOK.incident(incident).promises if each.place is Place.VERIFICATION]


def symptoms(incident: int) -> dict[str, RunbookPromise]:
    return {each.text: each for each in OWN_RUNBOOK.incident(incident).promises if each.place is Place.SYMPTOM}


def read(folder: Path, sentence: str) -> RunbookPromise:
    """Read *sentence* in the place of a promise of incident 4, on the queue."""
    path = folder / "runbook.md"
    text = RUNBOOK.read_text(encoding="utf-8")
    assert AFTER_VERIFICATION in text
    path.write_text(text.replace(AFTER_VERIFICATION, sentence), encoding="utf-8")
    found = [each for each in load(path).incident(4).promises if each.place is Place.VERIFICATION]
    return found[0]


def test_error_rate_has_a_limit_and_a_time() -> None:
    (promise,) = at_verification(1)
    assert promise.limit is not None
    assert (promise.quantity, promise.limit.text, promise.limit.value) == (Quantity.ERROR_RATE, "< 1%", 0.01)
    assert (promise.within_s, promise.falls, promise.well) == (300.0, False, False)


def test_waiting_jobs_fall() -> None:
    (promise,) = at_verification(4)
    assert (promise.quantity, promise.falls, promise.limit) == (Quantity.QUEUE_DEPTH, True, None)


def test_comment_that_promises_is_read_and_one_that_names_a_command_is_not() -> None:
    (promise,) = at_verification(3)
    assert (promise.text, promise.falls, promise.quantity) == (
        "the shares went down",
        True,
        Quantity.RESOURCE_UTILIZATION,
    )
    assert at_verification(6) == []


def test_connections_are_well_below_the_maximum_and_advice_is_no_promise() -> None:
    first, second = at_verification(5)
    assert first.limit is not None
    assert (first.well, first.limit.value, first.quantity) == (True, 50.0, Quantity.CONNECTION_POOL)
    assert (second.measure, second.limit) == (None, None)


def test_sign_in_is_tried_in_a_browser() -> None:
    assert [promise.measure for promise in at_verification(7)] == [Measure.BROWSER_SIGN_IN]


def test_out_of_memory_has_to_be_gone() -> None:
    assert symptoms(3)["Out-of-memory (OOM) errors"].measure is Measure.OUT_OF_MEMORY


@pytest.mark.parametrize(
    ("incident", "text", "quantity"),
    [
        (1, "More 5xx answers than usual", Quantity.ERROR_RATE),
        (2, "The queue grows", Quantity.QUEUE_DEPTH),
        (6, "A service gives no answer to any request", Quantity.HEALTH),
        (7, "Users cannot sign in", Quantity.AUTHENTICATION),
    ],
)
def test_symptom_names_its_quantity(incident: int, text: str, quantity: Quantity) -> None:
    assert symptoms(incident)[text].quantity is quantity


@pytest.mark.parametrize("text", ["Users write that things fail", "Browsers give up waiting", "Requests time out"])
def test_symptom_without_a_quantity_is_not_understood(text: str) -> None:
    (found,) = [each for number in (1, 2, 5) for name, each in symptoms(number).items() if name == text]
    assert found.measure is None


def test_every_promise_has_its_line() -> None:
    lines = RUNBOOK.read_text(encoding="utf-8").splitlines()
    for incident in OWN_RUNBOOK.incidents:
        for promise in incident.promises:
            assert promise.text.split(";")[0][:20].replace('"', "") in lines[promise.line - 1].replace('"', "")


@pytest.mark.parametrize(
    ("sentence", "limit", "within_s"),
    [
        ("- Waiting jobs are under 20 within 90 seconds", "< 20 jobs", 90.0),
        ("- Fewer than 1,000 jobs within 2 hours", "< 1,000 jobs", 7200.0),
        ("- The queue is less than 5 jobs", "< 5 jobs", None),
    ],
)
def test_edited_sentence_changes_the_promise(tmp_path: Path, sentence: str, limit: str, within_s: float | None) -> None:
    promise = read(tmp_path, sentence)
    assert (promise.limit and promise.limit.text, promise.within_s) == (limit, within_s)


@pytest.mark.parametrize("sentence", ["- All is well again", "- The queue is below 5 parsecs", "- Ask the users"])
def test_sentence_without_a_figure_is_not_understood(tmp_path: Path, sentence: str) -> None:
    assert read(tmp_path, sentence).measure is None
