"""Audit: alerts that stay silent in their worst case: promtool evaluates them on series as bad as can be."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

import promql_parser
import yaml

from drills.audit.bounds import Known
from drills.audit.finding import Kind, NotRun, Severity
from drills.audit.promql import walk
from drills.audit.thresholds import of_alert
from drills.audit.worlds import Line, Untold, worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.audit.alert_rules import Rule, Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "worst-case"
SILENT: Final = Kind(
    AUDIT, "silent", Severity.HIGH, "Try the rule with `promtool test rules`, and correct what it needs."
)
TOOL: Final = "promtool"
ANSWERS_S: Final = 120.0
STEP_S: Final = 15
SPARE: Final = 20
"""Samples beyond the longest window and wait of a rule."""
RANGED: Final = (promql_parser.MatrixSelector, promql_parser.SubqueryExpr)
RULES: Final = "rules.yml"
TESTS: Final = "tests.yml"


@dataclass(frozen=True)
class Case:
    """One worst case of an alert, and after how many seconds it has to fire."""

    alert: str
    lines: tuple[Line, ...]
    at_s: int


def audit(material: Material) -> Iterator[Result]:
    """Yield alerts that fire in none of their worst cases; those that `thresholds` finds are left to it."""
    if material.rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    program = which(TOOL)
    if program is None:
        yield NotRun(AUDIT, f"{TOOL} is not on the PATH; it comes with Prometheus")
        return
    cases: list[Case] = []
    known = Known(material.rules.recorded, material.samples)
    for rule in material.rules.alerts:
        if any(of_alert(rule, known, material.rules.expressions)):
            continue
        try:
            cases += _cases(rule, known)
        except Untold as why:
            yield NotRun(AUDIT, f"{rule.name}: no worst case is known: {why}")
    yield from _silent(program, cases, material.rules)


def _cases(rule: Rule, known: Known) -> list[Case]:
    if rule.tree is None:
        return []
    lengths = [one.range for one in walk(rule.tree, known.recorded) if isinstance(one, RANGED)]
    windows_s = [length.total_seconds() for length in lengths if length]
    at_s = int((rule.for_s or 0) + max(windows_s, default=0.0)) + SPARE * STEP_S
    return [Case(rule.name, lines, at_s) for lines in worlds(rule.tree, known, at_s // STEP_S + SPARE)]


def _silent(program: str, cases: Sequence[Case], rules: Rules) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / RULES).write_text(yaml.safe_dump(_document(rules)), encoding="utf-8")
        fired: set[str] = set()
        wrong = ""
        for case in cases:
            done = _tried(program, place, case)
            wrong = wrong or ("" if done.returncode in (0, 1) and _judged(done) else _said(done))
            fired |= {case.alert} if done.returncode == 0 else set()
    if wrong:
        yield NotRun(AUDIT, f"promtool refused a worst case: {wrong}")
        return
    for rule in rules.alerts:
        tried = [case for case in cases if case.alert == rule.name]
        if tried and rule.name not in fired:
            shown = "; ".join(f"{line.series} {line.values}" for line in tried[0].lines)[:300]
            told = f"{rule.where}: silent after {tried[0].at_s} s of {shown or 'no series at all'}"
            yield SILENT.found(rule.name, f"{rule.name} does not fire in its worst case", told)


def _judged(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 0 or "exp:" in done.stdout + done.stderr


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join(re.sub(r"\s+", " ", done.stdout + done.stderr).split())[:200]


def _tried(program: str, folder: Path, case: Case) -> subprocess.CompletedProcess[str]:
    (folder / TESTS).write_text(yaml.safe_dump(_test(case)), encoding="utf-8")
    return subprocess.run(
        [program, "test", "rules", TESTS], cwd=folder, capture_output=True, text=True, check=False, timeout=ANSWERS_S
    )


def _test(case: Case) -> dict[str, Any]:
    firing = f'count(ALERTS{{alertname="{case.alert}",alertstate="firing"}}) > bool 0'
    test = {
        "interval": f"{STEP_S}s",
        "input_series": [{"series": line.series, "values": line.values} for line in case.lines],
        "promql_expr_test": [
            {"expr": firing, "eval_time": f"{case.at_s}s", "exp_samples": [{"labels": "{}", "value": 1}]}
        ],
    }
    return {"rule_files": [RULES], "evaluation_interval": f"{STEP_S}s", "tests": [test]}


def _document(rules: Rules) -> dict[str, Any]:
    """Return all rules as one group that is evaluated at the pace of the test, recording rules first."""
    ordered = sorted((rule for rule in rules.rules if rule.tree is not None), key=lambda rule: rule.is_alert)
    return {"groups": [{"name": "audited", "rules": [_written(rule) for rule in ordered]}]}


def _written(rule: Rule) -> dict[str, Any]:
    waits = {"for": f"{int(rule.for_s * 1000)}ms"} if rule.for_s else {}
    return {"alert" if rule.is_alert else "record": rule.name, "expr": rule.expression, **waits}
