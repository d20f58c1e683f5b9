"""Audit: Grafana's dashboards: queries that do not parse, series that do not exist, units that do not fit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import promql_parser

from drills.audit.errors import AuditError
from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.promql import bare, name_of, operator, selectors
from drills.audit.series import missing
from drills.runbook.alert_rules.arithmetic import scaled
from drills.runbook.alert_rules.tree import parse
from drills.runbook.alert_rules.units import Family, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "dashboards"
BROKEN: Final = Kind(AUDIT, "no-promql", Severity.HIGH, "Write PromQL: the panel shows an error.")
GONE: Final = Kind(AUDIT, "no-series", Severity.HIGH, "Ask for series that exist: the panel is empty.")
UNIT: Final = Kind(AUDIT, "unit", Severity.MEDIUM, "Give the panel the unit of its figure, or convert the figure.")
EMPTY: Final = Kind(AUDIT, "no-query", Severity.LOW, "Give the panel a query, or remove it.")
TIMES: Final = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "m": 60.0, "h": 3600.0}
"""Grafana's units of time, in seconds."""
SHARES: Final = {"percentunit": 1.0, "percent": 0.01}
SIZES: Final = frozenset(
    ("bytes", "decbytes", "kbytes", "deckbytes", "mbytes", "decmbytes", "gbytes", "bits", "decbits")
)
NEUTRAL: Final = frozenset(("", "none", "short", "locale", "string", "bool", "sci"))
TEXTS: Final = frozenset(("row", "text", "news", "dashlist", "alertlist", "annolist", "welcome"))
CLOSE: Final = 1e-6
_INTERVAL: Final = re.compile(r"\$\{?__(?:rate_interval|interval|range)(?:_s|_ms)?\}?|\[\[__\w+\]\]")
_QUOTED: Final = re.compile(r"(\w+)\s*(=~|=|!=|!~)\s*\"[^\"]*(?:\$\{?\w+|\[\[\w+\]\])[^\"]*\"")
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]")


@dataclass(frozen=True)
class Panel:
    """A panel: its dashboard's file, its title, its unit, and its queries of Prometheus."""

    file: str
    title: str
    unit: str
    queries: tuple[str, ...]


def audit(material: Material) -> Iterator[Result]:
    """Yield what is wrong with each panel."""
    if not material.dashboards:
        yield NotRun(AUDIT, "no dashboards were given (--dashboards)")
        return
    if material.samples is None:
        yield NotRun(AUDIT, "whether the panels' series exist: no metrics were given (--metrics or --target)")
    for panel in (panel for file in material.dashboards for panel in panels(file)):
        if not panel.queries:
            told = f"{panel.file}: its targets ask Prometheus for nothing"
            yield EMPTY.found(f"{panel.file}-{panel.title}", f"the panel {panel.title} has no query", told)
        for query in panel.queries:
            yield from _query(panel, query, material)


def panels(file: Path) -> Iterator[Panel]:
    """Yield the panels of a dashboard, those in rows included; AuditError where the file is no dashboard."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise AuditError(f"{file}: the dashboard cannot be read ({error})") from None
    if isinstance(held, dict) and isinstance(held.get("dashboard"), dict):
        held = held["dashboard"]
    if not isinstance(held, dict) or not isinstance(held.get("panels", held.get("rows")), list):
        raise AuditError(f"{file}: no panels; expected a dashboard of Grafana as JSON")
    values = _values(held)
    yield from _panels(file.name, held, values)


def _panels(file: str, holder: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[Panel]:
    for each in (*(holder.get("panels") or ()), *(holder.get("rows") or ())):
        if each.get("type") not in TEXTS and "targets" in each and not _foreign(each):
            asked = (str(one.get("expr") or "") for one in each.get("targets") or () if not _foreign(one))
            said = ((each.get("fieldConfig") or {}).get("defaults") or {}).get("unit") or each.get("format")
            queries = tuple(_filled(query, values) for query in asked if query.strip())
            yield Panel(file, str(each.get("title") or each.get("id")), str(said or ""), queries)
        yield from _panels(file, each, values)


def _foreign(holder: Mapping[str, Any]) -> bool:
    """Say whether a panel or a query asks another source than Prometheus."""
    source = holder.get("datasource")
    kind = source.get("type") if isinstance(source, dict) else None
    return kind not in (None, "prometheus", "datasource", "mixed")


def _values(held: Mapping[str, Any]) -> dict[str, str]:
    """Return the current values of the dashboard's variables; a choice of several has none here."""
    listed = (held.get("templating") or {}).get("list") or ()
    values = {str(each.get("name")): (each.get("current") or {}).get("value") for each in listed}
    return {name: value for name, value in values.items() if isinstance(value, str) and not value.startswith("$")}


def _filled(query: str, values: Mapping[str, str]) -> str:
    """Return *query* with its intervals and variables filled in; a matcher on an unknown variable lets all pass."""
    query = _INTERVAL.sub("5m", query)
    query = _VARIABLE.sub(lambda found: values.get(next(filter(None, found.groups())), found[0]), query)
    query = _QUOTED.sub(r'\1=~".*"', query)
    return _VARIABLE.sub("1", query)


def _query(panel: Panel, query: str, material: Material) -> Iterator[Finding]:
    subject, where = f"{panel.file}-{panel.title}", f"{panel.file}, panel {panel.title}"
    try:
        tree = promql_parser.parse(query)
    except ValueError as error:
        told = f"{where}: `{query[:120]}`: {' '.join(str(error).split())}"
        yield BROKEN.found(subject, f"the query of {panel.title} is no PromQL", told)
        return
    recorded = material.rules.recorded if material.rules else {}
    for selector in selectors(tree, {}):
        if material.samples is None or name_of(selector) in recorded:
            continue
        for found in missing(selector, material.samples, frozenset(), where):
            yield GONE.found(f"{subject}-{name_of(selector)}", f"{panel.title}: {found.title}", found.evidence)
    wrong = _unit(panel.unit, query, material.rules.expressions if material.rules else {})
    if wrong and not _compares(tree):
        yield UNIT.found(subject, f"{panel.title} has the unit {panel.unit}, {wrong}", f"{where}: `{query[:120]}`")


def _compares(tree: promql_parser.Expr) -> bool:
    return operator(bare(tree)) in ("==", "!=")


def _unit(shown: str, query: str, recorded: Mapping[str, str]) -> str:
    """Return why the panel's unit is not that of its query, empty where it fits or nothing can be told."""
    if shown in NEUTRAL:
        return ""
    try:
        figure = scaled(parse(query, recorded))
    except ValueError:
        return ""
    if figure.core is None:
        return ""
    measured = unit(figure.core)
    if measured.family is None or measured.factor is None or not figure.factor:
        return ""
    return _differs(shown, measured.family, measured.factor / abs(figure.factor))


def _differs(shown: str, family: Family, factor: float) -> str:
    """Compare the panel's unit with a figure of *family* that counts in *factor* of the base unit."""
    for units, mine, words in ((TIMES, Family.TIME, "a time"), (SHARES, Family.SHARE, "a share")):
        if family is mine and shown in units:
            same = abs(units[shown] / factor - 1) < CLOSE
            return "" if same else f"but its figure counts in {factor:g} of the base unit"
        if family is mine or shown in units:
            return f"but its figure is {words if family is mine else family}"
    return f"but its figure is {family}" if (shown in SIZES) is not (family is Family.BYTES) and shown in SIZES else ""
