"""A refusal names what it refuses, by the letter of the contract, and calendars of what cannot be are refused."""

import json

import pytest

from checks.smoke import api, calendar, refused_uploads
from drills.checks import Check
from tests.helpers.checking import context, require, target_at
from tests.helpers.fake_system import Asked, Reply, fake_system

NAMED = (api.unknown_job, api.unknown_result, api.nonsense_job, refused_uploads.no_pdf, refused_uploads.large)


@pytest.mark.parametrize("check", NAMED, ids=lambda check: check.name)
def test_message_names_the_value_that_is_refused(check: Check) -> None:
    def refuse(asked: Asked) -> Reply:
        status = 400 if "no-uuid" in asked.path or asked.method == "POST" else 404
        return status, {"message": f"{asked.path}, text/plain, 10 MiB"}

    with fake_system({"GET /api/jobs/*": refuse, "POST /api/upload": refuse}) as served:
        require(check(context(target_at(served.url, contract="reference"))), "")
    with fake_system({"GET /api/jobs/*": silent, "POST /api/upload": silent}) as served:
        require(check(context(target_at(served.url, contract="reference"))), "in its message")
        require(check(context(target_at(served.url))), "")


def silent(asked: Asked) -> Reply:
    """Refuse without a word."""
    return 400 if "no-uuid" in asked.path or asked.method == "POST" else 404, {"message": "no"}


@pytest.mark.parametrize("accepted", [None, *calendar.WRONG_TESTS, *calendar.WRONG_LECTURES], ids=str)
def test_event_that_cannot_be_is_refused(accepted: str | None) -> None:
    wrong = calendar.WRONG_TESTS | calendar.WRONG_LECTURES

    def generate(asked: Asked) -> Reply:
        events = json.loads(asked.body)["events"]
        values = wrong.get(accepted or "", {})
        taken = accepted is not None and bool(events) and values.items() <= events[0].items()
        return (200, b"BEGIN:VCALENDAR") if taken else (400, {"message": f"events, day, date: {events}"})

    with fake_system({"POST /api/generate/ics": generate}) as served:
        check_result = calendar.impossible(context(target_at(served.url, contract="reference")))
    require(check_result, "" if accepted is None else "-> 200")
