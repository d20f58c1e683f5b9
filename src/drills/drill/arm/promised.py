"""What the runbook promises of a recovery, as the head of the record has it: with its sources, and its time scaled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.drill.arm.limits import allowed_s
from drills.runbook.model import Measure

if TYPE_CHECKING:
    from drills.drill.arm.run import Run
    from drills.runbook.model import RunbookPromise

NOT_UNDERSTOOD = "it names nothing that can be measured"


def promised(run: Run) -> list[dict[str, Any]]:
    """Return the promises of the run's incident; each that is not judged carries the reason."""
    return [_promise(run, promise) for promise in run.incident.promises]


def _promise(run: Run, promise: RunbookPromise) -> dict[str, Any]:
    sources, not_judged = _sources(run, promise)
    limit = promise.limit
    return {
        "text": promise.text,
        "line": promise.line,
        "place": str(promise.place),
        "measure": str(promise.measure) if promise.measure else None,
        "sources": sources,
        "limit": {"op": limit.op, "value": limit.value, "text": limit.text} if limit else None,
        "well": promise.well,
        "falls": promise.falls,
        "within_s": _within_s(run, promise),
        "not_judged": not_judged,
    }


def _within_s(run: Run, promise: RunbookPromise) -> float | None:
    if promise.within_s is None:
        return None
    return allowed_s(promise.within_s, run.system.time_scale) + run.limits.rate_s


def _sources(run: Run, promise: RunbookPromise) -> tuple[list[str], str]:
    """Return what measures a promise beside the incident's own metric, and why it is not judged, or ""."""
    if promise.measure is None:
        return [], NOT_UNDERSTOOD
    if promise.measure is Measure.BROWSER_SIGN_IN:
        sign_in = run.system.suite.browser_sign_in
        return ([sign_in], "") if sign_in else ([], "the suite has no journey that signs in with a browser")
    if promise.measure is Measure.OUT_OF_MEMORY or promise.quantity is run.incident.alert.quantity:
        return [], ""
    names = [metric.name for metric in run.system.key_metrics if metric.quantity is promise.quantity]
    return names, "" if names else f"no key metric of the runbook measures {promise.quantity}"
