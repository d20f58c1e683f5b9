"""The message about a run that is not green is the runbook's own template, with every blank filled in."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from drills import runbook
from drills.checks.reporting.notice import message, notice
from drills.checks.reporting.run_result import Result
from drills.checks.reporting.webhook import LIMIT_S, deliver
from drills.checks.result import Outcome
from drills.plugin.check_outcomes import CheckResults
from drills.plugin.check_recorder import Recorder
from tests.helpers.check_results import AT_S, check_result, of_level, result
from tests.helpers.fake_system import Asked, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

ROOT = of_level(1)
FAILED = result(
    check_result(ROOT, Outcome.FAIL, "connection refused"),
    check_result("queue metrics", Outcome.FAIL, "a total < the sum & more"),
    check_result("postgres roles", Outcome.BLOCKED, "not checked", cause=ROOT),
    check_result("front page"),
)
# An edition of the document with other words between the same headings and labels.
OTHER = OWN_RUNBOOK.path.read_text().replace("[What is wrong, plainly]", "[Clear description of the problem]")


def other_edition(folder: Path) -> runbook.Runbook:
    path = folder / "other.md"
    path.write_text(OTHER.replace("### Initial incident notification", "### Initial Incident Notification"))
    return runbook.load(path)


def test_subject_is_the_runbooks() -> None:
    assert notice(FAILED).subject == f"[SEV-1] Incident: {ROOT} and 1 more failed at staging"


def test_every_line_of_the_template_is_there_and_every_blank_answered() -> None:
    text = notice(FAILED).text
    template = next(one for one in OWN_RUNBOOK.templates if one.name.startswith("Initial"))
    fixed = [line for line in template.body.splitlines() if line and not re.search(r"\[|SEV-X|YYYY", line)]
    assert [line for line in fixed if line not in text.splitlines()] == []
    assert "[" not in text
    assert "YYYY" not in text


@pytest.mark.parametrize(
    "line",
    [
        "Severity: SEV-1",
        "Started: 2025-11-24 16:00 UTC",
        f"{ROOT}: expected all well, saw connection refused",
        "2 failed, 1 not tried because of that, 1 passed",
        "Next update in: 15 minutes",
        "- Next update at 16:15 UTC",
        f"- User-Facing Impact: {OWN_RUNBOOK.severities[0].definition}",
        "INCIDENT COMMANDER: not named yet; call: On-call engineer, who leads the response",
    ],
)
def test_blanks_are_answered_with_what_is_known(line: str) -> None:
    assert line in notice(FAILED).text.splitlines()


def test_lowest_level_promises_no_time() -> None:
    polish = result(check_result(of_level(4), Outcome.FAIL))
    assert "Next update in: as soon as there is news" in notice(polish).text


def test_other_edition_of_the_runbook_is_filled_in_too(tmp_path: Path) -> None:
    text = notice(Result("staging", other_edition(tmp_path), AT_S, 1.0, 1, FAILED.check_results)).text
    assert "connection refused" in text
    assert "[" not in text


def test_check_that_failed_itself_is_no_incident() -> None:
    found = notice(result(check_result("odd", Outcome.ERROR, "KeyError: 'x'"), code=7))
    assert (found.subject, "SEV" in found.text) == ("Checks of staging failed themselves", False)
    assert "Nothing is known of odd" in found.text


def test_message_is_escaped_as_slack_wants_it() -> None:
    text = message(FAILED, str)["text"]
    assert "a total &lt; the sum &amp; more" in text
    assert text.startswith(f"*[SEV-1] Incident: {ROOT}")
    assert text.count("```") == 2


def test_message_is_redacted() -> None:
    assert "refused" not in message(FAILED, lambda text: text.replace("refused", "***"))["text"]


def delivered(answer: Reply | Callable[[Asked], Reply]) -> tuple[str, list[Asked]]:
    with fake_system({"POST /hook": answer}) as chat:
        return deliver(f"{chat.url}/hook", {"text": "hello"}), chat.asked


def test_message_is_delivered_as_json() -> None:
    said, asked = delivered((200, b"ok"))
    assert (said, json.loads(asked[0].body)) == ("the webhook was notified", {"text": "hello"})
    assert asked[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_chat_that_refuses_the_message_is_reported(status: int) -> None:
    assert delivered((status, b"no"))[0] == f"the webhook was not notified: it answered {status}"


def test_chat_that_does_not_answer_is_reported_without_its_address() -> None:
    assert deliver("http://127.0.0.1:1/secret", {"text": "x"}) == "the webhook was not notified: ConnectError"


def test_chat_that_answers_slowly_does_not_delay_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.checks.reporting.webhook.LIMIT_S", LIMIT_S / 20)
    held = threading.Event()

    def slowly(_: Asked) -> Reply:
        held.wait(LIMIT_S)
        return 200, b"ok"

    began = time.monotonic()
    with fake_system({"POST /hook": slowly}) as chat:
        said = deliver(f"{chat.url}/hook", {"text": "x"})
        took = time.monotonic() - began
        held.set()
    assert said.startswith("the webhook was not notified")
    assert took < LIMIT_S / 4


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.BLOCKED])
def test_people_are_told_of_what_needs_them(outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A degraded run sends no message; a run that could judge nothing sends one."""
    sent: list[str] = []

    def kept(_: str, payload: dict[str, str]) -> str:
        sent.append(payload["text"])
        return "told"

    monkeypatch.setattr("drills.plugin.check_recorder.deliver", kept)
    option = SimpleNamespace(output=tmp_path, webhook="http://chat/hook", target="x", allure_report_dir=str(tmp_path))
    check_results = CheckResults()
    check_results.all.append(check_result("front page", outcome))
    recorder = Recorder(SimpleNamespace(option=option), OWN_RUNBOOK, check_results, None, alone=False)  # type: ignore[arg-type]
    recorder.pytest_sessionfinish(SimpleNamespace(exitstatus=0))  # type: ignore[arg-type]
    assert bool(sent) is (outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.SKIPPED))


def test_run_that_judged_nothing_says_so() -> None:
    assert notice(result(check_result("x", Outcome.SKIPPED), code=5)).subject == "The checks of staging judged nothing"
