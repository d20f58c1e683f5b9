"""Check Prometheus and Alertmanager, which monitor the system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.checks import CheckFailed, CheckSuite, check, get, prometheus_api

if TYPE_CHECKING:
    from drills.checks import CheckContext


@check(
    "prometheus",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="200 from /-/ready",
    next_step="read Prometheus' log",
    level=3,
)
def prometheus(context: CheckContext) -> str:
    """Ask whether Prometheus is ready."""
    get(context.target, context.target.prometheus_url, "/-/ready")
    return "200"


@check(
    "prometheus targets",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="at least one target, and all of them up",
    next_step="open /targets on Prometheus and read the error of those that are down",
    level=3,
    essential=True,
)
def prometheus_targets(context: CheckContext) -> str:
    """Ask what Prometheus scrapes; without a target that is up its alerts have no data."""
    with prometheus_api(context.target) as api:
        active = api.targets()
    if not active:
        raise CheckFailed("no target at all")
    down = [_instance(target) for target in active if target.get("health") != "up"]
    if down:
        raise CheckFailed(f"{len(down)} of {len(active)} not up: {', '.join(sorted(down))}")
    return f"{len(active)} up"


@check(
    "alertmanager",
    suite=CheckSuite.HEALTH,
    needs="alertmanager_url",
    expected="200 from /-/ready",
    next_step="read the Alertmanager's log",
    level=3,
    essential=True,
)
def alertmanager(context: CheckContext) -> str:
    """Ask whether the Alertmanager is ready."""
    get(context.target, context.target.alertmanager_url, "/-/ready")
    return "200"


def _instance(target: dict[str, Any]) -> str:
    labels = target.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    return f"{labels.get('job')}/{labels.get('instance')} ({target.get('lastError') or target.get('health')})"
