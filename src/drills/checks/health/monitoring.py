"""Those who watch the system: Prometheus and Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drills.checks.clients import body, get
from drills.checks.definition import CheckSuite, check
from drills.checks.result import CheckFailed

if TYPE_CHECKING:
    from drills.checks.context import CheckContext


@check(
    "prometheus",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="200 from /-/ready",
    next_step="read Prometheus' log",
    level=3,
)
def prometheus(context: CheckContext) -> str:
    """Look whether there is anybody who watches the system."""
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
    """Look at what Prometheus scrapes; a Prometheus that scrapes nothing sees nothing."""
    found = body(get(context.target, context.target.prometheus_url, "/api/v1/targets?state=active"))
    data = found.get("data")
    active = data.get("activeTargets") if isinstance(data, dict) else None
    if not isinstance(active, list) or not active or not all(isinstance(one, dict) for one in active):
        raise CheckFailed("no target at all")
    down = [_instance(one) for one in active if one.get("health") != "up"]
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
    """Look whether alerts have somebody who passes them on."""
    get(context.target, context.target.alertmanager_url, "/-/ready")
    return "200"


def _instance(one: dict[str, Any]) -> str:
    labels = one.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    return f"{labels.get('job')}/{labels.get('instance')} ({one.get('lastError') or one.get('health')})"
