import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from checks.cleanup import kinds
from checks.journeys.flows import open_front_page, sign_in_and_out, take_schedule_home
from checks.target import ScheduleTarget
from drills.checks.artifacts import Artifacts
from drills.checks.browser import chromium
from drills.checks.browser.browser import Browser
from drills.checks.browser.tab import Tab
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.result import CheckResult, Outcome, Skipped
from drills.common.waiting import WaitTimeout, wait_until
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Answer, Asked, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.student_system import CODE, COOKIE, EMAIL, JOB, OTHER_PAGE, System

PATIENT_S = 15.0
HASTY_S = 2.0


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("journeys"))
    yield opened
    opened.close()


def go(
    check: Check, browser: Browser, system: System, changed: dict[str, Answer] | None = None, timeout_s: float = HASTY_S
) -> CheckResult:
    with fake_system(system.answers() | (changed or {})) as served:
        # A student can download a calendar without a session, which saves a sign-in that has tests of its own.
        email = None if check is take_schedule_home else EMAIL
        target = ScheduleTarget(
            name="x", front_url=served.url, sign_in_email=email, timeout_s=timeout_s, deadline_s=PATIENT_S
        )
        return check(CheckContext(target, OWN_RUNBOOK, browser=browser))


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


def test_without_an_account_the_journey_does_not_sign_in(browser: Browser) -> None:
    with fake_system(System().answers()) as served:
        check_result = take_schedule_home(
            CheckContext(target_at(served.url, timeout_s=PATIENT_S), OWN_RUNBOOK, browser=browser)
        )
    assert check_result.ok, str(check_result)
    assert "not signed in" in check_result.seen
    assert not any("google" in asked.path for asked in served.asked)


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


def changed(event: dict[str, Any], **parts: object) -> dict[str, Any]:
    return event | parts


@pytest.mark.parametrize(
    ("break_it", "seen"),
    [
        (lambda events: events[1:], "missing ['L1 Monday 08:30'], added []"),
        (lambda events: [*events, changed(events[0], module="OTHER")], "missing [], added ['OTHER L1"),
        (lambda events: [changed(events[0], venue="Nowhere"), *events[1:]], "missing ['L1 Monday 08:30'], added ['SYN"),
        (lambda _: [], "no event of the schedule"),
    ],
    ids=["missing", "added", "wrong", "none"],
)
def test_events_of_another_schedule_are_seen(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, break_it: Any, seen: str
) -> None:
    system = System()
    whole = system.events
    monkeypatch.setattr(system, "events", lambda: break_it(whole()))
    monkeypatch.setattr(sys.modules[__name__], "PATIENT_S", 3.0)
    check_result = go(take_schedule_home, browser, system)
    assert (check_result.outcome, seen in check_result.seen) == (Outcome.FAIL, True), str(check_result)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (b"BEGIN:VCALENDAR", b"hello", "the download is no calendar"),
        (b"RRULE:FREQ=WEEKLY", b"RRULE:FREQ=DAILY", "is not repeated every week"),
        (b"T083000", b"T093000", "the calendar has"),
        (b"LOCATION:IT 4-4", b"LOCATION:Mars", "the calendar has"),
    ],
)
def test_broken_calendar_is_seen(browser: Browser, old: bytes, new: bytes, seen: str) -> None:
    system = System()

    def broken(asked: Asked) -> tuple[int, Any]:
        status, content = system.ics(asked)
        return status, content.replace(old, new)

    check_result = go(take_schedule_home, browser, system, {"POST /api/generate/ics": broken})
    assert (check_result.outcome, seen in check_result.seen) == (Outcome.FAIL, True), str(check_result)


def test_page_that_gives_no_calendar_is_quoted(browser: Browser) -> None:
    refused: dict[str, Answer] = {"POST /api/generate/ics": (500, {"message": "no ink"})}
    check_result = go(take_schedule_home, browser, System(), refused)
    assert "no calendar to download: the page says 'That failed: no ink.'" in check_result.seen
    assert "POST /api/generate/ics -> 500" in check_result.seen


def test_refused_upload_is_seen(browser: Browser) -> None:
    check_result = go(take_schedule_home, browser, System(), {"POST /api/upload": (503, {"message": "no"})})
    assert "the upload was answered with 503" in check_result.seen


def test_upload_refused_by_the_rate_limit_is_sent_again(browser: Browser) -> None:
    system = System()
    system.refusals = 1
    assert go(take_schedule_home, browser, system, timeout_s=PATIENT_S).ok


def test_failed_job_ends_the_journey_at_once(browser: Browser) -> None:
    system = System()
    system.status = "failed"
    check_result = go(take_schedule_home, browser, system)
    assert "the page says 'That failed: the schedule could not be read.'" in check_result.seen
    assert check_result.seconds < PATIENT_S


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


def test_without_a_browser_the_journeys_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    check_result = open_front_page(CheckContext(target_at("http://127.0.0.1:9"), OWN_RUNBOOK))
    assert check_result.outcome is Outcome.SKIPPED
    assert "install one" in check_result.seen


def test_set_up_that_may_not_install_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setattr(chromium, "may_install", lambda: False)
    chromium.ensure()
    assert "journeys will be left out: there is no Chromium here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ('cp "$0" "$(dirname "$0")/chromium"', "✓ install Chromium"),
        ("echo no network >&2; exit 100", "apt-get update -q failed (exit 100): no network; journeys will be left out"),
    ],
)
def test_set_up_installs_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, does: str, said: str
) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{does}\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "may_install", lambda: True)
    chromium.ensure()
    assert said in capsys.readouterr().err
    assert (chromium.find() is None) == ("failed" in said)


def test_closing_ends_a_journey_under_way_and_every_process() -> None:
    with fake_system({"GET /": (200, "<html></html>")}) as served:
        browser = Browser()
        under_way = threading.Event()
        left_out: list[Skipped] = []

        async def stay(tab: Tab) -> None:
            await tab.open()
            under_way.set()
            await tab.page.wait_for_event("close", timeout=60_000)

        def travel() -> None:
            try:
                browser.take(target_at(served.url), "journey: stay", stay)
            except Skipped as reason:
                left_out.append(reason)

        thread = threading.Thread(target=travel)
        before = children(os.getpid())
        thread.start()
        assert under_way.wait(2 * PATIENT_S)
        begun = children(os.getpid()) - before
        assert begun
        browser.close()
        thread.join(10)
    assert [str(one) for one in left_out] == ["the run has ended"]
    assert not left_of(begun)
    with pytest.raises(Skipped):
        browser.take(target_at(served.url), "journey: stay", stay)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_signal_ends_the_browser_with_the_run(tmp_path: Path, number: signal.Signals) -> None:
    slow = threading.Event()
    try:
        with fake_system({"GET /": lambda _: (200, "<html></html>") if slow.wait(60) else (500, "")}) as served:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "checks/test_journeys.py",
                "-k",
                "front-page",
                "-p",
                "no:cacheprovider",
            ]
            options = ["--target", served.url, "--output", str(tmp_path)]
            run = subprocess.Popen(
                [*command, *options],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(tmp_path)},  # a killed run cannot remove its temporary files
            )
            wait_until(
                lambda: any(asked.path == "/" for asked in served.asked),
                deadline_s=60,
                expected="a browser at the front page",
                where="the fake system",
                next_step=f"run {' '.join(command)}",
            )
            begun = children(run.pid)
            assert len(begun) > 1
            run.send_signal(number)
            run.wait(2 * PATIENT_S)
            assert not left_of(begun)
    finally:
        slow.set()


def children(of: int) -> set[int]:
    """Return the ids of all processes below that one, so that no other run's browser counts."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found, more = set[int](), {of}
    while more:
        more = {one for one, parent in parents.items() if parent in more}
        found |= more
    return found


def left_of(ids: set[int]) -> set[int]:
    """Return which of *ids* are still there after a while."""
    with suppress(WaitTimeout):
        wait_until(
            lambda: not there(ids),
            deadline_s=PATIENT_S,
            expected="no process",
            where="this machine",
            next_step="look for these processes with ps",
        )
    return there(ids)


def there(ids: set[int]) -> set[int]:
    return {pid for pid in ids if Path(f"/proc/{pid}").exists()}
