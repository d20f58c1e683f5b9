"""Write the first message of an incident: the runbook's own template, filled in with the results of a run of checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from drills.checks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.checks import CheckResult
    from drills.checks.reporting.run_result import Result
    from drills.runbook.model import Template

UNKNOWN: Final = "not known yet"
MOST: Final = 5
"""So many failed checks are listed in full; the report has all."""
LONGEST: Final = 3500
"""Characters; a chat cuts longer messages itself, even within its markup."""
_HEADING: Final = re.compile(r"[A-Z][A-Z /-]*:")
_BLANK: Final = re.compile(r"\[[^\]]*\]")
_LABEL: Final = re.compile(r"^(?:- )?([A-Za-z][A-Za-z -]*):")
_TOKENS: Final = {"level": "SEV-X", "number": "INC-YYYY-MM-DD-NNN", "time": "YYYY-MM-DD HH:MM"}


@dataclass(frozen=True)
class Notice:
    """A subject and a text, ready to be sent."""

    subject: str
    text: str


def notice(result: Result) -> Notice:
    """Return the message on a run that is not green."""
    found = result.severity
    if not result.of(Outcome.FAIL) or found is None:
        return _blind(result)
    answers = _answers(result)
    template = next(
        (template for template in result.runbook.templates if template.name.lower().startswith("initial")), None
    )
    if template is None:
        return Notice(f"[{found.severity.id}] {answers['brief']}", answers["issue"])
    return _filled(template, answers)


def message(result: Result, redact: Callable[[str], str]) -> dict[str, str]:
    """Return the message as a webhook's payload: the subject in bold, the runbook's text as it is."""
    found = notice(result)
    body = redact(found.text).replace("```", "'''")[:LONGEST]
    return {"text": f"*{_escaped(redact(found.subject))}*\n```\n{_escaped(body)}\n```"}


def _blind(result: Result) -> Notice:
    """Return the message on a run that judged nothing; the runbook has no template for that."""
    names = [check_result.name for check_result in result.of(Outcome.ERROR)]
    if not names:
        return Notice(f"The checks of {result.target} judged nothing", "Every check was left out.")
    said = "\n".join(f"- {check_result.name}: {check_result.seen}" for check_result in result.of(Outcome.ERROR)[:MOST])
    return Notice(f"Checks of {result.target} failed themselves", f"Nothing is known of {', '.join(names)}:\n{said}")


def _answers(result: Result) -> dict[str, str]:
    """Return what is known, by the labels and headings of the template, in small letters."""
    failed, found = result.of(Outcome.FAIL), result.severity
    assert found is not None
    runbook = found.severity
    at = f"{result.started:%Y-%m-%d %H:%M}"
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    first = next(check_result for check_result in failed if check_result.name in found.because)
    return {
        "level": runbook.id,
        "number": "not opened yet",
        "time": at,
        "brief": f"{first.name}{more} failed at {result.target}",
        "issue": "\n".join(_told(failed)),
        "affected users": "not counted by checks",
        "affected services": ", ".join(dict.fromkeys(check_result.where for check_result in failed)),
        "user-facing impact": runbook.definition,
        "current status": _state(result),
        "actions taken": "none yet: an automatic run of checks found this",
        "next steps": "\n".join(_next(result, failed)),
        "incident commander": f"not named yet; call: {runbook.team[0]}",
        "responders": "; ".join(runbook.team[1:]) or "no other role is called at this level",
        "next update in": _cadence(runbook.update_every_s),
    }


def _told(failed: list[CheckResult]) -> Iterator[str]:
    yield from (
        f"{check_result.name}: expected {check_result.expected}, saw {check_result.seen}"
        for check_result in failed[:MOST]
    )
    if len(failed) > MOST:
        yield f"and {len(failed) - MOST} more: {', '.join(check_result.name for check_result in failed[MOST:])}"


def _state(result: Result) -> str:
    words = {Outcome.FAIL: "failed", Outcome.BLOCKED: "not tried because of that", Outcome.PASS: "passed"}
    return ", ".join(f"{len(results)} {word}" for outcome, word in words.items() if (results := result.of(outcome)))


def _next(result: Result, failed: list[CheckResult]) -> Iterator[str]:
    found = result.severity
    assert found is not None
    yield from (f"- Open {section.file}, line {section.line}: {section.heading}" for section in found.sections)
    yield from (f"- {check_result.name}: {check_result.next_step}" for check_result in failed[:MOST])
    if found.severity.update_every_s:
        yield f"- Next update at {result.started + timedelta(seconds=found.severity.update_every_s):%H:%M} UTC"


def _cadence(seconds: float | None) -> str:
    if seconds is None:
        return "as soon as there is news"
    hours, minutes = seconds / 3600, seconds / 60
    return f"{hours:g} hours" if hours > 1 else f"{minutes:g} minutes"


def _filled(template: Template, answers: dict[str, str]) -> Notice:
    subject = _BLANK.sub(answers["brief"], _tokens(template.subject or "", answers).replace("[SEV", "\0"))
    text = "\n".join(_lines(template.body.splitlines(), answers))
    return Notice(subject.replace("\0", "[SEV"), text)


def _lines(lines: list[str], answers: dict[str, str]) -> Iterator[str]:
    """Yield the template's lines, each blank answered once: the second bullet of a list is left out."""
    heading, answered = "", ""
    for line in (_tokens(raw, answers) for raw in lines):
        if _HEADING.fullmatch(line.strip()):
            heading = line.strip(" :").lower()
        if not _BLANK.search(line):
            yield line
            continue
        label = _LABEL.match(line)
        key = label[1].lower() if label else heading
        answer = answers.get(key, UNKNOWN)
        if label is not None:
            yield _BLANK.sub(lambda _, answer=answer: answer, line)  # type: ignore[misc]
        elif answered != heading:
            answered = heading
            yield answer if not line.startswith("- ") or answer.startswith("- ") else f"- {answer}"


def _tokens(text: str, answers: dict[str, str]) -> str:
    for name, token in _TOKENS.items():
        text = text.replace(token, answers[name])
    return text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
