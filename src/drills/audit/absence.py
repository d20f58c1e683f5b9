"""Audit: alerts that fall silent when the source of their figure is gone, and parts that no alert tells of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import MatchOp

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.promql import holds, matchers, name_of, selectors, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import VectorSelector

    from drills.audit.alert_rules import Rule, Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material
    from drills.audit.project import Service
    from drills.audit.samples import Samples
    from drills.audit.scraping import Scraping

AUDIT: Final = "absence"
SILENT: Final = Kind(
    AUDIT, "no-partner", Severity.MEDIUM, "Add an alert on absent(…), or on `up` of the job it is from."
)
UNTOLD: Final = Kind(AUDIT, "no-alert", Severity.MEDIUM, "Add an alert that fires when this service is down.")
ABSENT: Final = ("absent", "absent_over_time")
ALIVE: Final = re.compile(r"up|probe_success|\w+_up|container_last_seen|kube_pod_status_\w+")
OF_ALL: Final = ("up", "probe_success", "container_last_seen")
"""Series that each target has: without a matcher they tell of all."""
NAMED: Final = ("job", "service", "name", "container", "container_name", "instance", "target", "app")
"""Labels by which a rule names a part of the system."""


def audit(material: Material) -> Iterator[Result]:
    """Yield alerts that fall silent with their source, and services whose end makes no alert fire."""
    if material.rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    watched = _watched(material.rules)
    if material.samples is None:
        yield NotRun(AUDIT, "where each figure is from: no metrics were given (--metrics or --target)")
    else:
        for rule in material.rules.alerts:
            yield from _partner(rule, material.rules, watched, material.samples)
    if material.project is None:
        yield NotRun(AUDIT, "services without an alert: no compose file was given (--compose)")
        return
    for service in material.project.services:
        if not service.one_shot and not any(_tells(one, service, material.scraping) for one in watched):
            told = f"{material.project.name}: no alert reads up, absent() or a probe of {service.name}"
            yield UNTOLD.found(service.name, f"no alert fires when {service.name} is down", told)


def _watched(rules: Rules) -> list[VectorSelector]:
    """Return the selectors by which alerts see that something is gone."""
    found: list[VectorSelector] = []
    for rule in rules.alerts:
        if rule.tree is None:
            continue
        for one in walk(rule.tree, rules.recorded):
            if isinstance(one, promql_parser.Call) and one.func.name in ABSENT:
                found += selectors(one, rules.recorded)
        found += [each for each in selectors(rule.tree, rules.recorded) if ALIVE.fullmatch(name_of(each))]
    return found


def _partner(rule: Rule, rules: Rules, watched: list[VectorSelector], samples: Samples) -> Iterator[Finding]:
    """Yield the alert where one of the jobs that its figure is from can end and no alert says so."""
    if rule.tree is None:
        return
    gone: dict[str, str] = {}
    for selector in selectors(rule.tree, rules.recorded):
        for name, labels in samples.picked(selector):
            if not any(_same(one, name, labels, samples) for one in watched):
                gone.setdefault(labels.get("job", name), name)
    for job, name in sorted(gone.items()):
        told = f"{rule.where}: no alert reads absent({name}), or up of its job"
        yield SILENT.found(f"{rule.name}-{job}", f"{rule.name} falls silent when {job} is gone", told)


def _same(watching: VectorSelector, name: str, labels: Mapping[str, str], samples: Samples) -> bool:
    """Say whether *watching* sees the end of the target that a series is from."""
    if not name_of(watching) or name_of(watching) == name:
        return True
    asked = [one for one in matchers(watching) if one.name in ("job", "service") and one.name not in samples.unknown]
    return ALIVE.fullmatch(name_of(watching)) is not None and all(holds(one, labels.get(one.name, "")) for one in asked)


def _tells(selector: VectorSelector, service: Service, scraping: Scraping | None) -> bool:
    """Say whether *selector* reads whether *service* is there: by its job, by its name, or by its technology."""
    name, names = name_of(selector), {service.name, service.container} - {""}
    asked = [one for one in matchers(selector) if one.name in NAMED and one.op in (MatchOp.Equal, MatchOp.Re)]
    if name.endswith("_up") and name.removesuffix("_up") in (*names, *service.technologies):
        return True
    if any(holds(one, each) for one in asked for each in names):
        return True
    if scraping is None:
        return name in OF_ALL and not asked
    by_job = name in OF_ALL or any(one.name == "job" for one in asked)
    return by_job and any(names & job.hosts for job in scraping.picked(selector))
