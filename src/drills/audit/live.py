"""Audit: rules beside a running Prometheus: those it lacks, those it cannot evaluate, and alerts that fire at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.promql import name_of, selectors
from drills.audit.samples import Samples
from drills.common.prometheus import Prometheus, PrometheusError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promql_parser import Expr

    from drills.audit.alert_rules import Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "live"
LOADED: Final = Kind(AUDIT, "not-loaded", Severity.HIGH, "Let `rule_files` name the file, and reload Prometheus.")
ILL: Final = Kind(AUDIT, "rule-error", Severity.HIGH, "Read the rule's error in Prometheus, under /rules.")
RESTLESS: Final = Kind(AUDIT, "fires-at-rest", Severity.HIGH, "Raise the limit, or end what keeps the alert firing.")


def audit(material: Material) -> Iterator[Result]:
    """Yield rules that Prometheus does not have or cannot evaluate, alerts that fire, and figures without a value."""
    if material.live is None:
        yield NotRun(AUDIT, "no Prometheus was given (--target)")
        return
    if material.rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    try:
        api = Prometheus(material.live)
        yield from _loaded(material.rules, api.rules())
        yield from _silent(material.rules, api)
    except (httpx.HTTPError, PrometheusError) as error:
        yield NotRun(AUDIT, f"Prometheus did not answer what was asked: {error}")


def _loaded(rules: Rules, loaded: list[dict[str, Any]]) -> Iterator[Finding]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in loaded:
        by_name.setdefault(str(each.get("name")), []).append(each)
    for rule in rules.rules:
        there = by_name.get(rule.name)
        if not there:
            told = f"{rule.where}; loaded: {', '.join(sorted(by_name)[:12]) or 'no rule'}"
            yield LOADED.found(rule.name, f"{rule.name} is not loaded", told)
        for each in there or ():
            if each.get("health") == "err":
                yield ILL.found(rule.name, f"{rule.name} cannot be evaluated", str(each.get("lastError")))


def _silent(rules: Rules, api: Prometheus) -> Iterator[Finding]:
    for rule in rules.alerts:
        rows = api.query(rule.expression)
        if rows:
            told = f"{rule.where}: `{' '.join(rule.expression.split())[:120]}` has {len(rows)} values at rest"
            yield RESTLESS.found(rule.name, f"{rule.name} is beyond its limit at rest", told)


def read_samples(http: httpx.Client, trees: Iterable[Expr], address: str) -> Samples:
    """Return the series that *trees* read and that Prometheus has now, with their declared types.

    Raises httpx.HTTPError and PrometheusError where it does not answer.
    """
    api = Prometheus(http)
    asked = [one for tree in trees for one in selectors(tree, {})]
    names = sorted({name_of(one) for one in asked} - {""})
    queries = [f'{{__name__=~"{"|".join(names)}"}}'] if names else []
    queries += [str(one) for one in asked if not name_of(one)]
    series: dict[str, list[dict[str, str]]] = {}
    for row in (row for query in queries for row in api.query(query)):
        labels = {str(name): str(value) for name, value in row.get("metric", {}).items()}
        series.setdefault(labels.pop("__name__", ""), []).append(labels)
    types = {name: str(about[0].get("type")) for name, about in api.metadata().items() if about}
    return Samples({name: tuple(rows) for name, rows in series.items()}, types, address)
