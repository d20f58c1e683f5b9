"""Schedules that are valid and seldom: each is another file, and its events are those that are printed."""

from typing import Any

import pytest

from checks import schedules
from checks.journeys import large_schedules
from checks.schedules.kinds import MANY, SMALL, WHOLE, Kind, pages_of
from checks.smoke.kinds import KINDS
from drills.checks import Check, Outcome
from tests.helpers.checking import context, look, require, target_at
from tests.helpers.fake_system import fake_system
from tests.helpers.results import result_of

EVERY = (*SMALL, WHOLE, pages_of(3))
TOKEN = "SYN0123456789"


def answer(kind: Kind, token: str) -> dict[str, Any]:
    return {"type": kind.type, "events": result_of(kind.expected(token))}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_rows_and_events_are_of_one_schedule(kind: Kind) -> None:
    printed = "\n".join(cell for row in kind.printed.rows for cell in row)
    for event in kind.events:
        for text in (event.activity.split()[-1], event.start, event.group or "", *event.venue.split(", ")):
            assert text in printed


@pytest.mark.parametrize(("kind", "pages"), [(WHOLE, 10), (pages_of(3), 3), (SMALL[0], 1)], ids=["whole", "3", "1"])
def test_pages_are_as_many_as_the_kind_says(kind: Kind, pages: int) -> None:
    assert schedules.pdf_of(kind, TOKEN).count(b"/Type /Page\n") == pages


def test_turned_pages_are_upright_and_turned_by_their_readers() -> None:
    (turned,) = (schedules.pdf_of(kind, TOKEN) for kind in SMALL if kind.printed.paper.turned)
    assert b"/Rotate 90" in turned
    assert b"/MediaBox [0 0 595.28 841.89]" in turned


def test_whole_schedule_has_two_hundred_different_events() -> None:
    assert len(WHOLE.events) == len(set(WHOLE.events)) == MANY


@pytest.mark.parametrize(("one", "kind"), [*zip(KINDS, SMALL, strict=True)], ids=[kind.name for kind in SMALL])
def test_kind_is_read_whole(one: Check, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.smoke.kinds.new_tag", lambda: TOKEN)
    right = answer(kind, TOKEN)
    require(look(one, {"POST /parse": (200, right)}), "")
    require(look(one, {"POST /parse": (200, right | {"type": "other"})}), "was taken for 'other'")
    less = right["events"][:-1] or [right["events"][0] | {"venue": ""}]
    require(look(one, {"POST /parse": (200, right | {"events": less})}), "other events than those of the schedule")


def test_worker_that_parses_nothing_on_request_is_left_alone() -> None:
    with fake_system({}) as served:
        for contract, outcome in ((None, Outcome.SKIPPED), ("reference", Outcome.FAIL)):
            target = target_at(served.url, worker_url=served.url, contract=contract)
            assert KINDS[0](context(target)).outcome is outcome


def test_too_many_pages_have_to_be_refused_with_a_reason() -> None:
    one = large_schedules.one_page_too_many
    require(look(one, {"POST /parse": (400, {"detail": {"error": "no", "details": "101 pages"}})}), "")
    require(look(one, {"POST /parse": (200, {"events": []})}), "-> 200")
    require(look(one, {"POST /parse": (400, {"detail": "no"})}), "400 without detail")
