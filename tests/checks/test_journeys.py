import re
from zipfile import ZipFile

import pytest

from checks.cleanup import kinds
from checks.journeys.flows import open_front_page, sign_in_and_out, take_schedule_home
from drills.checks import Artifacts, CheckContext, Outcome
from drills.checks.browser.browser import Browser
from tests.helpers.checking import target_at
from tests.helpers.fake_system import fake_system
from tests.helpers.journeys import PATIENT_S, go
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.student_system import CODE, COOKIE, EMAIL, JOB, OTHER_PAGE, System


@pytest.mark.parametrize("page", ["", OTHER_PAGE], ids=["reference", "other"])
def test_journeys_pass_on_two_different_pages(browser: Browser, page: str) -> None:
    system = System(page)
    with fake_system(system.answers()) as served:
        target = target_at(served.url, sign_in_email=EMAIL, timeout_s=PATIENT_S)
        context = CheckContext(target, OWN_RUNBOOK, Artifacts(), browser)
        for check in (open_front_page, sign_in_and_out, take_schedule_home):
            check_result = check(context)
            assert check_result.outcome is Outcome.PASS, str(check_result)
    assert "signed in, 3 events" in check_result.seen
    assert context.artifacts.noted(kinds.JOB) == (JOB,)
    assert context.artifacts.noted(kinds.SESSION) == ("abcdef0123456789",)
    assert not system.signed_in
    assert len({asked.headers["x-forwarded-for"] for asked in served.asked}) == 3
    assert all("x-synthetic-traffic" in asked.headers for asked in served.asked)


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ("<script>console.error('boom')</script>", "console error 'boom'"),
        ("<script>undefined.boom</script>", "an uncaught"),
        ("<script src=/gone.js></script>", "GET /gone.js -> 404"),
        ("<script>fetch('/api/slow').catch(() => {})</script>", "GET /api/slow -> 503"),
    ],
)
def test_complaints_of_the_page_fail_it(browser: Browser, more: str, seen: str) -> None:
    system = System()
    system.page += more
    check_result = go(open_front_page, browser, system, {"GET /api/slow": (503, {})})
    assert check_result.outcome is Outcome.FAIL
    assert f"the page complained: {seen}" in check_result.seen


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<html><input type=file></html>", "no way to sign in within 4 s"),
        ("<html><a href=/>Sign in</a></html>", "no field for a file"),
    ],
)
def test_page_without_its_controls_is_seen(browser: Browser, page: str, seen: str) -> None:
    check_result = go(open_front_page, browser, System(page))
    assert (check_result.outcome, seen in check_result.seen) == (Outcome.FAIL, True), str(check_result)


def test_front_door_that_refuses_is_seen(browser: Browser) -> None:
    check_result = go(open_front_page, browser, System(), {"GET /": (503, "<html>down</html>")})
    assert "the front page answered 503" in check_result.seen
    assert check_result.outcome is Outcome.FAIL


def test_refused_connection_is_tried_twice(browser: Browser) -> None:
    with fake_system({}) as served:
        url = served.url
    check_result = open_front_page(CheckContext(target_at(url), OWN_RUNBOOK, browser=browser))
    assert (check_result.outcome, len(check_result.attempts), check_result.seen) == (
        Outcome.FAIL,
        2,
        "connection refused",
    )


def test_sign_in_that_leads_nowhere_is_seen(browser: Browser) -> None:
    check_result = go(sign_in_and_out, browser, System(), {"GET /provider": (200, "<html>Welcome</html>")})
    assert "no field for an e-mail address at the identity provider" in check_result.seen
    system = System()
    system.user = None
    assert "no way to sign out after signing in" in go(sign_in_and_out, browser, system).seen


def test_session_of_another_user_is_seen(browser: Browser) -> None:
    system = System()
    system.user = "teacher@example.org"
    assert "signed in as 'teacher@example.org' instead of" in go(sign_in_and_out, browser, system).seen


def test_sign_out_that_does_not_is_seen(browser: Browser) -> None:
    system = System()
    system.signs_out = False
    assert "no way to sign in after signing out" in go(sign_in_and_out, browser, system).seen
    # A page may look signed out while the system thinks otherwise.
    system.page = OTHER_PAGE.replace("await me();", 'put("#me", "<button>Log in</button>");')
    assert f"still signed in as '{EMAIL}' after signing out" in go(sign_in_and_out, browser, system).seen


def test_failure_leaves_a_picture_and_a_trace_without_secrets(browser: Browser) -> None:
    system = System()
    system.signs_out = False
    system.page += f"<script>console.info(document.cookie, '{COOKIE}', '{CODE}')</script>"
    check_result = go(sign_in_and_out, browser, system)
    assert browser.evidence is not None
    folder = browser.evidence / "sign-in"
    assert f"pictures: {folder}" in check_result.seen
    assert sorted(path.name for path in folder.iterdir()) == ["page.png", "trace.zip"]
    assert (folder / "page.png").read_bytes().startswith(b"\x89PNG")
    with ZipFile(folder / "trace.zip") as trace:
        content = b"".join(trace.read(name) for name in trace.namelist())
    assert b"Log" in content or b"click" in content
    assert not re.search(f"{COOKIE}|{CODE}|a-state-of-chance".encode(), content)
    # Evidence of a failure that is over is removed.
    go(sign_in_and_out, browser, System(), timeout_s=PATIENT_S)
    assert not folder.exists()


def test_field_for_a_file_may_be_elsewhere_unless_the_letter_counts(browser: Browser) -> None:
    page = System("<html><a href=/>Upload a schedule</a></html>")
    assert go(open_front_page, browser, page, contract="schedule-generator").outcome is Outcome.PASS
    empty = go(open_front_page, browser, System("<html>hello</html>"), contract="schedule-generator")
    assert "no way to sign in or to upload within" in empty.seen
