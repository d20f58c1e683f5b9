"""Rights, sessions, sign-ins and limits: each check passes on a sound system, and sees the fault that it is about."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checks.cleanup import kinds
from checks.smoke import sign_in
from checks.smoke.access import calendars, callback, other_door, rights, sessions
from checks.smoke.access.clients import DOCUMENTATION, made_up_address
from checks.smoke.limited import addresses, failed_sign_ins, requests
from drills.checks import Check, CheckContext, Outcome
from tests.helpers.checking import context, require, target_at
from tests.helpers.fake_redis import fake_redis
from tests.helpers.fake_system import fake_system
from tests.helpers.two_users import ADA, ADMIN, BEN, TwoUsers

SEEN: list[tuple[Check, str, str]] = [
    (rights.administrator, "no administrator", ""),
    (rights.student, "all administrators", "-> 200"),
    (rights.no_list_of_jobs, "lists jobs", "-> 200"),
    (calendars.own_calendar, "makes none", "-> 503"),
    (calendars.calendar_of_another, "shows all", "sees a calendar of ada@"),
    (calendars.event_in_another, "any calendar", "-> 201"),
    (sessions.after_signing_out, "keeps sessions", "the cookie still stands for ada@"),
    (sessions.forged_session, "any signature", "a forged cookie stands for ada@"),
    (sessions.own_session, "fixation", "became that of the user"),
    (sessions.user, "bare", "a user without firstName, lastName, picture"),
    (callback.new_each_time, "one state", "the same state twice"),
    (callback.forged_state, "any state", "-> 302"),
    (callback.another_browser, "any browser", "-> 302"),
    (callback.forged_nonce, "any nonce", "-> 302"),
    (callback.replayed, "code twice", "-> 302"),
    (addresses.forged, "any address", "a forged address is believed: 99, 99, 99, 99 left"),
    (addresses.unreadable, "reads on", "96 left, and 94 after one request and one that is unreadable"),
    (other_door.at_the_backend, "no way", "no way back from the provider"),
    (requests.limit, "no limit", "-> 200"),
    (requests.limit, "too early", "-> 429"),
    (requests.limit, "one route", "are counted for other routes"),
    (requests.limit, "one address", "-> 429"),
    (failed_sign_ins.block, "never blocks", "-> 302"),
    (failed_sign_ins.block, "blocks early", "-> 403"),
    (failed_sign_ins.block, "blocks all", "-> 403"),
    (failed_sign_ins.block, "no unblocking", "after 0 failures, an administrator is told"),
    (failed_sign_ins.block, "tells no failures", "after 5 failures, an administrator is told"),
    (failed_sign_ins.forgotten, "remembers", "-> 403"),
]
CHECKS = {check.name: check for check, _, _ in SEEN}


@pytest.fixture(autouse=True)
def table_of_calendars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "ask_postgres", lambda *_: [(1,)])


@contextmanager
def system(*faults: str, contract: str | None = "reference") -> Iterator[CheckContext]:
    with fake_system(TwoUsers(frozenset(faults)).answers()) as served:
        yield context(
            target_at(
                served.url,
                sign_in_email=ADA,
                other_email=BEN,
                administrator_email=BEN if "no administrator" in faults else ADMIN,
                forwarded_for_believed=True,
                contract=contract,
                backend_url=served.url,
                postgres_dsn="postgresql://none/none",
            )
        )


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_sound_system_passes(check: Check) -> None:
    with system() as here:
        require(check(here), "")


@pytest.mark.parametrize(("check", "fault", "seen"), SEEN, ids=[f"{check.name}: {fault}" for check, fault, _ in SEEN])
def test_fault_is_seen(check: Check, fault: str, seen: str) -> None:
    with system(fault) as here:
        check_result = check(here)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


LETTER = {
    callback.forged_state: "to a page",
    callback.another_browser: "to a page",
    callback.forged_nonce: "to a page",
    callback.replayed: "to a page",
    failed_sign_ins.forgotten: "to a page",
    failed_sign_ins.block: "made",
    rights.administrator: "made",
    requests.limit: "one route",
}
"""What other systems may do, and not one that keeps the contract to the letter."""


@pytest.mark.parametrize(("check", "habit"), LETTER.items(), ids=[check.name for check in LETTER])
def test_habit_of_another_system_is_no_fault(check: Check, habit: str) -> None:
    with system(habit, contract=None) as here:
        require(check(here), "")
    with system(habit) as here:
        assert check(here).outcome is Outcome.FAIL


@pytest.mark.parametrize("fault", ["any state", "any browser", "any nonce", "code twice"])
def test_sign_in_that_should_not_be_is_seen_on_any_system(fault: str) -> None:
    (check,) = (check for check, name, _ in SEEN if name == fault)
    with system(fault, contract=None) as here:
        require(check(here), "signed in as ada@example.org all the same")


@pytest.mark.parametrize(("most", "outcome"), [(60, Outcome.PASS), (201, Outcome.SKIPPED)])
def test_another_limit_is_tried_as_it_is_announced(
    monkeypatch: pytest.MonkeyPatch, most: int, outcome: Outcome
) -> None:
    monkeypatch.setattr("tests.helpers.two_users.MOST_REQUESTS", most)
    with system(contract=None) as here:
        assert requests.limit(here).outcome is outcome
    with system() as here:
        require(requests.limit(here), f"a limit of {most} instead of 100 is announced")


@pytest.mark.parametrize("check", [callback.forged_state, sign_in.forged], ids=lambda check: check.name)
@pytest.mark.parametrize(("fault", "outcome"), [("", Outcome.PASS), ("one address", Outcome.SKIPPED)])
def test_tunnel_to_a_system_with_one_address_for_everybody_is_told_from_this_machine(
    check: Check, fault: str, outcome: Outcome
) -> None:
    with fake_system(TwoUsers(frozenset({fault})).answers()) as served:
        check_result = check(context(target_at(served.url, sign_in_email=ADA)))
    assert check_result.outcome is outcome, str(check_result)


@pytest.mark.parametrize("check", [sessions.length, sessions.kept_in_redis], ids=lambda check: check.name)
def test_cookie_that_names_no_session_leaves_redis_alone(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    monkeypatch.setattr(sessions, "session_id_in", lambda _: None)
    with fake_redis() as store:
        for contract, outcome in ((None, Outcome.SKIPPED), ("reference", Outcome.FAIL)):
            with system(contract=contract) as here:
                target = here.target.changed(redis_url=store.url)
                assert check(context(target)).outcome is outcome


@pytest.mark.parametrize(
    "check", [callback.forged_state, requests.limit, failed_sign_ins.block], ids=lambda check: check.name
)
def test_other_people_s_address_is_left_alone(check: Check) -> None:
    target = target_at("http://schedgen.example", sign_in_email=ADA, administrator_email=ADMIN)
    check_result = check(context(target))
    assert check_result.outcome is Outcome.SKIPPED
    assert "forwarded_for_believed" in check_result.seen


def test_made_up_address_of_another_machine_is_one_that_nobody_has() -> None:
    found = made_up_address(context(target_at("http://schedgen.example")))
    assert any(found.startswith(str(network.network_address).removesuffix("0")) for network in DOCUMENTATION)


def test_calendar_is_noted_by_its_name() -> None:
    with system() as here:
        require(calendars.own_calendar(here), "")
    (name,) = here.artifacts.noted(kinds.CALENDAR)
    assert name.startswith("SYN")


def test_calendar_that_could_not_be_removed_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "ask_postgres", lambda *_: [(0,)])
    with system() as here:
        assert calendars.own_calendar(here).outcome is Outcome.SKIPPED
    assert here.artifacts.noted(kinds.CALENDAR) == ()


def test_machine_that_is_believed_itself_is_no_fault() -> None:
    with fake_system(TwoUsers(frozenset({"any address"})).answers()) as served:
        assert addresses.forged(context(target_at(served.url))).outcome is Outcome.SKIPPED


def test_sign_in_without_a_nonce_has_its_state() -> None:
    with fake_system(TwoUsers().answers()) as served:
        served.answers["GET /api/auth/google"] = (302, {"headers": [("Location", "/oidc/authorize?client_id=c")]})
        found = callback.forged_nonce(context(target_at(served.url, sign_in_email=ADA)))
    assert found.outcome is Outcome.SKIPPED
