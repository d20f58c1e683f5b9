"""A run of checks in Prometheus' text format, for a node exporter's textfile collector."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from drills.checks.definition import REGISTER
from drills.checks.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.checks.reporting.run_result import Result
    from drills.checks.result import CheckResult

FAMILY: Final = "check_"
"""Every family of checks begins with this, and no other does."""
CERTIFICATE: Final = re.compile("certificate.*seconds")
Samples = list[tuple[dict[str, str], float]]


def exposition(result: Result) -> str:
    """Return the run as text. What nobody could look at has neither success nor failure."""
    return "".join(f"{line}\n" for line in _lines(result))


def _lines(result: Result) -> Iterator[str]:
    check_results = result.check_results
    looked = [one for one in check_results if one.ok is not None]
    of = {one.name: _labels(one, result.target) for one in check_results}
    yield from _family(
        "check_success",
        "Whether the check passed, however slowly; without a sample nothing is known.",
        [(of[one.name], float(bool(one.ok))) for one in looked if one.outcome is not Outcome.ERROR],
    )
    yield from _family(
        "check_outcome",
        "How the check ended, as a label: always 1.",
        [(of[one.name] | {"outcome": one.outcome.replace(" ", "_")}, 1.0) for one in check_results],
    )
    yield from _family(
        "check_duration_seconds",
        "How long all attempts of the check took.",
        [(of[one.name], one.seconds) for one in looked],
    )
    yield from _family(
        "check_attempts",
        "How often the check tried.",
        [(of[one.name], float(len(one.attempts))) for one in looked],
    )
    yield from _family(
        "check_last_run_timestamp_seconds",
        "When the check last began to look.",
        [(of[one.name], one.attempts[0].began_s) for one in looked if one.attempts],
    )
    yield from _family(
        "check_certificate_expires_in_seconds",
        "How long the certificate that the check saw is still valid.",
        [(of[one.name], value) for one in looked for name, value in one.figures.items() if CERTIFICATE.search(name)],
    )
    yield from _family(
        "check_figure", "A figure that the check saw, its name with its unit as a label.", _figures(looked, of)
    )
    yield from _family(
        "check_info", "What the check expects and how bad its failure is: always 1.", _info(check_results, of)
    )
    run = {"target": result.target}
    yield from _family("check_run_duration_seconds", "How long the whole run took.", [(run, result.seconds)])
    yield from _family("check_run_exit_code", "What the run ended with; 0 is green.", [(run, float(result.exit_code))])
    yield from _family(
        "check_run_severity_level", "The runbook's level, 1 the worst; 0 for none.", [(run, _level(result))]
    )


def _figures(looked: Iterable[CheckResult], of: dict[str, dict[str, str]]) -> Samples:
    found = [(of[one.name] | {"figure": name}, value) for one in looked for name, value in one.figures.items()]
    return [(labels, value) for labels, value in found if not CERTIFICATE.search(labels["figure"])]


def _info(check_results: Iterable[CheckResult], of: dict[str, dict[str, str]]) -> Samples:
    found: Samples = []
    for one in check_results:
        known = REGISTER.get(one.name)
        level, incident = (str(known.level), str(known.incident or "")) if known else ("", "")
        found.append((of[one.name] | {"expected": one.expected, "level": level, "incident": incident}, 1.0))
    return found


def _level(result: Result) -> float:
    return float(result.severity.level) if result.severity else 0.0


def _labels(check_result: CheckResult, target: str) -> dict[str, str]:
    known = REGISTER.get(check_result.name)
    return {"check": check_result.name, "room": str(known.suite) if known else "", "target": target}


def _family(name: str, text: str, samples: Samples) -> Iterator[str]:
    if samples:
        yield f"# HELP {name} {text}"
        yield f"# TYPE {name} gauge"
    for labels, value in samples:
        inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inner}}} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if math.isfinite(value) else "NaN"
