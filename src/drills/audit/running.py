"""All audits in their order, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.audit import (
    absence,
    agreement,
    compose_project,
    dashboards,
    documents,
    live,
    notification,
    runbook_commands,
    scripts,
    series,
    texts,
    thresholds,
    timing,
    worst_case,
)
from drills.audit.finding import Finding, NotRun, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDITS: Final[Mapping[str, Callable[[Material], Iterator[Result]]]] = {
    module.AUDIT: module.audit
    for module in (
        thresholds,
        timing,
        series,
        absence,
        texts,
        agreement,
        notification,
        worst_case,
        live,
        runbook_commands,
        documents,
        scripts,
        dashboards,
        compose_project,
    )
}
WORST_FIRST: Final = tuple(Severity)


def audited(material: Material) -> Outcome:
    """Hold every audit on *material*; findings stand worst first, in the order of the audits."""
    results = [result for audit in AUDITS.values() for result in audit(material)]
    findings = {result.id: result for result in results if isinstance(result, Finding)}
    ordered = sorted(findings.values(), key=lambda one: WORST_FIRST.index(one.severity))
    return Outcome(tuple(ordered), tuple(dict.fromkeys(one for one in results if isinstance(one, NotRun))))
