"""Audit: times of a rule that do not fit each other: scrapes, evaluations, windows, and how long it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import promql_parser

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.promql import name_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr, MatrixSelector, VectorSelector

    from drills.audit.alert_rules import Rule
    from drills.audit.finding import Result
    from drills.audit.material import Material
    from drills.audit.samples import Samples
    from drills.audit.scraping import Scraping

AUDIT: Final = "timing"
RATES: Final = frozenset(("rate", "irate", "increase", "delta", "idelta", "deriv", "resets", "changes"))
EVENTS: Final = frozenset(("increase", "resets", "changes"))
SAMPLES: Final = 2
"""A rate needs so many samples in its window."""
WINDOW: Final = Kind(
    AUDIT, "window", Severity.HIGH, "Make the window at least four scrape intervals: one lost scrape then does no harm."
)
SHORT: Final = Kind(AUDIT, "for-short", Severity.LOW, "Wait for a multiple of the evaluation interval, or not at all.")
LONG: Final = Kind(
    AUDIT, "for-long", Severity.MEDIUM, "Wait for less time than the events stay in the window, or not at all."
)
NESTED: Final = 1e-6


def audit(material: Material) -> Iterator[Result]:
    """Yield windows without two samples, and waits that no evaluation or no event can last for."""
    rules, scraping = material.rules, material.scraping
    if rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    for rule in rules.rules:
        if rule.tree is None:
            continue
        yield from _too_long(rule, rule.tree, rules.recorded)
        if scraping is not None:
            yield from _windows(rule, rule.tree, scraping, material.samples)
            yield from _too_short(rule, scraping)
    if scraping is None:
        yield NotRun(
            AUDIT, "windows beside the scrape interval: Prometheus' configuration was not given (--prometheus)"
        )


def _rates(expr: Expr, recorded: Mapping[str, Expr]) -> Iterator[tuple[str, MatrixSelector]]:
    for one in walk(expr, recorded):
        if isinstance(one, promql_parser.Call) and one.func.name in RATES:
            for argument in one.args:
                if isinstance(argument, promql_parser.MatrixSelector):
                    yield one.func.name, argument


def _windows(rule: Rule, tree: Expr, scraping: Scraping, samples: Samples | None) -> Iterator[Finding]:
    told: set[str] = set()
    for function, ranged in _rates(tree, {}):
        window_s = ranged.range.total_seconds()
        interval_s = _interval_s(ranged.vector_selector, scraping, samples)
        name = name_of(ranged.vector_selector)
        if window_s < SAMPLES * interval_s - NESTED and name not in told:
            told.add(name)
            yield WINDOW.found(
                f"{rule.name}-{name}",
                f"{rule.name}: {function}() over {window_s:g} s has no value",
                f"{rule.where}: {name} is scraped every {interval_s:g} s, and {function}() needs {SAMPLES} samples",
            )


def _interval_s(selector: VectorSelector, scraping: Scraping, samples: Samples | None) -> float:
    """Return how often the quickest job that has the series is scraped, in seconds."""
    having = {labels.get("job") for _, labels in samples.named(selector)} if samples else set()
    jobs = scraping.picked(selector)
    picked = [job.interval_s for job in jobs if job.name in having] or [job.interval_s for job in jobs]
    return min(picked, default=scraping.interval_s)


def _too_short(rule: Rule, scraping: Scraping) -> Iterator[Finding]:
    evaluation_s = rule.interval_s or scraping.evaluation_s
    if rule.for_s and rule.for_s < evaluation_s - NESTED:
        yield SHORT.found(
            rule.name,
            f"{rule.name} cannot wait for {rule.for_s:g} s",
            f"{rule.where}: it is evaluated every {evaluation_s:g} s, so it fires after that time",
        )


def _too_long(rule: Rule, tree: Expr, recorded: Mapping[str, Expr]) -> Iterator[Finding]:
    """Yield a wait that outlasts the window of a count of events: a single event has left it before."""
    windows = [ranged.range.total_seconds() for name, ranged in _rates(tree, recorded) if name in EVENTS]
    if rule.for_s and windows and rule.for_s > max(windows) + NESTED:
        yield LONG.found(
            rule.name,
            f"{rule.name} waits for {rule.for_s:g} s, longer than it counts",
            f"{rule.where}: an event is in the window for {max(windows):g} s, so one alone never makes it fire",
        )
