"""The summary of a run at the terminal: what failed and why, what that blocked, the severity, and what to do."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from drills.checks import KNOWN, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.checks import CheckResult
    from drills.checks.reporting.run_result import Result

WIDTH: Final = 100
LABEL: Final = 10
SLOWEST: Final = 5
UNSEEN: Final = "not checked: "
COUNTED: Final = {
    Outcome.FAIL: "failed",
    Outcome.ERROR: "errors of checks",
    Outcome.DEGRADED: "degraded",
    Outcome.PASS: "passed",
    Outcome.BLOCKED: "blocked",
    Outcome.SKIPPED: "left out",
}
URGENT: Final = 2
RED: Final = "red"
YELLOW: Final = "yellow"
GREEN: Final = "green"
PLAIN: Final = ""
Line = tuple[str, str]
"""A line, and its colour."""


def lines(result: Result) -> Iterator[Line]:
    """Yield the summary, the worst last, because the end stays on the screen."""
    yield from _left_out(result)
    yield from _remarks(result)
    yield from _degraded(result)
    yield from _errors(result)
    yield from _failures(result)
    yield from _timings(result)
    for note in result.notes:
        yield from _wrapped(note)
    if result.severity:
        yield from _severity(result)
    elif not result.of(Outcome.ERROR, Outcome.FAIL) and result.of(Outcome.PASS):
        yield f"nothing is wrong with {result.target}", GREEN


def _left_out(result: Result) -> Iterator[Line]:
    """Group what was left out by its reason."""
    reasons: dict[str, list[str]] = {}
    for check_result in result.of(Outcome.SKIPPED):
        reasons.setdefault(check_result.seen.removeprefix(UNSEEN), []).append(check_result.name)
    for why, names in reasons.items():
        yield from _entry("left out", f"{why}: {', '.join(names)}")


def _remarks(result: Result) -> Iterator[Line]:
    for check_result in result.check_results:
        for remark in check_result.remarks:
            yield from _entry("remark", f"{check_result.name}: {remark}", YELLOW)


def _degraded(result: Result) -> Iterator[Line]:
    for check_result in result.of(Outcome.DEGRADED):
        yield from _entry("degraded", f"{check_result.name}: {check_result.seen}", YELLOW)


def _errors(result: Result) -> Iterator[Line]:
    for check_result in result.of(Outcome.ERROR):
        yield "", PLAIN
        yield from _wrapped(f"CHECK ERROR: the check itself failed, nothing is known of {check_result.name}", RED)
        yield from _entry("saw", check_result.seen, indent=2)
        yield from _waiting(check_result, result)


def _failures(result: Result) -> Iterator[Line]:
    for check_result in sorted(result.of(Outcome.FAIL), key=_level):
        yield "", PLAIN
        yield f"FAIL {check_result.name}", RED
        tries = f"{len(check_result.attempts)} attempts" if len(check_result.attempts) > 1 else "1 attempt"
        yield from _entry("expected", check_result.expected, indent=2)
        yield from _entry("saw", f"{check_result.seen} ({tries}, {check_result.seconds:.2f} s)", indent=2)
        yield from _entry("where", check_result.where, indent=2)
        yield from _entry("next", check_result.next_step, indent=2)
        yield from _waiting(check_result, result)


def _waiting(root: CheckResult, result: Result) -> Iterator[Line]:
    names = [check_result.name for check_result in result.of(Outcome.BLOCKED) if check_result.cause == root.name]
    if names:
        yield from _entry("blocked", ", ".join(names), indent=2)


def _timings(result: Result) -> Iterator[Line]:
    counts = ", ".join(f"{len(results)} {word}" for outcome, word in COUNTED.items() if (results := result.of(outcome)))
    attempts = sum(len(check_result.attempts) for check_result in result.check_results)
    slowest = sorted(result.check_results, key=lambda check_result: check_result.seconds, reverse=True)[:SLOWEST]
    yield "", PLAIN
    yield from _wrapped(f"{counts}; {attempts} attempts in {result.seconds:.1f} s")
    yield from _entry(
        "slowest",
        ", ".join(
            f"{check_result.name} {check_result.seconds:.2f} s" for check_result in slowest if check_result.seconds
        ),
    )


def _severity(result: Result) -> Iterator[Line]:
    classified = result.severity
    assert classified is not None
    runbook = classified.severity
    yield "", PLAIN
    colour = RED if classified.level <= URGENT else YELLOW
    yield from _wrapped(
        f"{runbook.id} {runbook.name} ({runbook.priority}), because of {', '.join(classified.because)}", colour
    )
    yield from _entry("means", runbook.definition, indent=2)
    yield from _entry("call", "; ".join(runbook.team), indent=2)
    yield from _entry("how fast", f"{runbook.response_time}; resolved: {runbook.resolution_target}", indent=2)
    yield from _entry("tell", "; ".join(runbook.communication), indent=2)
    for escalation in classified.escalate:
        yield from _entry("escalate", f"{escalation.role}: {'; '.join(escalation.conditions)}", indent=2)
    for section in classified.sections:
        text = f"{section.file}:{section.line}  {section.heading}  (for {', '.join(section.checks)})"
        yield from _entry("open", text, indent=2)


def _entry(label: str, text: str, colour: str = PLAIN, indent: int = 0) -> Iterator[Line]:
    first = f"{' ' * indent}{label:<{LABEL}}"
    yield from _wrapped(text, colour, first, " " * len(first))


def _wrapped(text: str, colour: str = PLAIN, first: str = "", later: str = "  ") -> Iterator[Line]:
    folded = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
    yield from ((line, colour) for line in folded)


def _level(check_result: CheckResult) -> int:
    known = KNOWN.get(check_result.name)
    return known.level if known else 1


def plain(coloured: Iterable[Line]) -> str:
    """Return the lines without their colours."""
    return "\n".join(text for text, _ in coloured)
