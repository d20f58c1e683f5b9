"""A run of checks in Prometheus' text format, for a node exporter's textfile collector."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drills.checks import KNOWN, Outcome
from drills.common.prometheus_text import Samples, gauges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.checks import CheckResult
    from drills.checks.reporting.run_result import Result

FAMILY: Final = "check_"
"""Every family of checks begins with this, and no other does."""
CERTIFICATE: Final = re.compile("certificate.*seconds")
Family = tuple[str, str, Samples]
"""A family's name, what it means, and its samples."""
Labels = dict[str, dict[str, str]]
"""The labels of each check, by its name."""


def exposition(result: Result) -> str:
    """Return the run as text. A check that judged nothing has no sample of check_success."""
    return gauges(_families(result))


def _families(result: Result) -> Iterator[Family]:
    of = {check_result.name: _labels(check_result, result.target) for check_result in result.check_results}
    tried = [check_result for check_result in result.check_results if check_result.ok is not None]
    yield from _ends(result.check_results, of)
    yield from _attempts(tried, of)
    yield from _seen(tried, of)
    yield ("check_info", "What the check expects and how bad its failure is: always 1.", _info(result, of))
    yield from _run(result)


def _ends(check_results: Iterable[CheckResult], of: Labels) -> Iterator[Family]:
    yield (
        "check_success",
        "Whether the check passed, however slowly; without a sample nothing is known.",
        [
            (of[check_result.name], float(bool(check_result.ok)))
            for check_result in check_results
            if check_result.ok is not None and check_result.outcome is not Outcome.ERROR
        ],
    )
    yield (
        "check_outcome",
        "How the check ended, as a label: always 1.",
        [
            (of[check_result.name] | {"outcome": check_result.outcome.replace(" ", "_")}, 1.0)
            for check_result in check_results
        ],
    )


def _attempts(tried: Iterable[CheckResult], of: Labels) -> Iterator[Family]:
    yield (
        "check_duration_seconds",
        "How long all attempts of the check took.",
        [(of[check_result.name], check_result.seconds) for check_result in tried],
    )
    yield (
        "check_attempts",
        "How often the check tried.",
        [(of[check_result.name], float(len(check_result.attempts))) for check_result in tried],
    )
    yield (
        "check_last_run_timestamp_seconds",
        "When the check was last begun.",
        [(of[check_result.name], check_result.attempts[0].began_s) for check_result in tried if check_result.attempts],
    )


def _seen(tried: Iterable[CheckResult], of: Labels) -> Iterator[Family]:
    figures = [
        (of[check_result.name], name, value) for check_result in tried for name, value in check_result.figures.items()
    ]
    yield (
        "check_certificate_expires_in_seconds",
        "How long the certificate that the check saw is still valid.",
        [(labels, value) for labels, name, value in figures if CERTIFICATE.search(name)],
    )
    yield (
        "check_figure",
        "A figure that the check saw, its name with its unit as a label.",
        [(labels | {"figure": name}, value) for labels, name, value in figures if not CERTIFICATE.search(name)],
    )


def _run(result: Result) -> Iterator[Family]:
    run = {"target": result.target}
    yield ("check_run_duration_seconds", "How long the whole run took.", [(run, result.seconds)])
    yield ("check_run_exit_code", "What the run ended with; 0 is green.", [(run, float(result.exit_code))])
    yield ("check_run_severity_level", "The runbook's level, 1 the worst; 0 for none.", [(run, _level(result))])


def _info(result: Result, of: Labels) -> Samples:
    found: Samples = []
    for check_result in result.check_results:
        known = KNOWN.get(check_result.name)
        incident = result.runbook.incident_of(known.incident) if known else None
        more = {"level": str(known.level) if known else "", "incident": str(incident.id) if incident else ""}
        found.append((of[check_result.name] | {"expected": check_result.expected} | more, 1.0))
    return found


def _level(result: Result) -> float:
    return float(result.severity.level) if result.severity else 0.0


def _labels(check_result: CheckResult, target: str) -> dict[str, str]:
    known = KNOWN.get(check_result.name)
    return {"check": check_result.name, "suite": str(known.suite) if known else "", "target": target}
