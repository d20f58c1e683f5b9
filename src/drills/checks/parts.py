"""The checks of parts that any system may have; importing this module registers all of them."""

from typing import Final

from drills.checks.health import (
    alerts,
    containers,
    grafana,
    monitoring,
    object_store,
    postgres,
    postgres_sessions,
    queue,
    queue_jobs,
    queue_workers,
    redis,
)
from drills.checks.metrics import key_metrics

MODULES: Final = (
    postgres,
    postgres_sessions,
    redis,
    object_store,
    queue_workers,
    queue,
    queue_jobs,
    monitoring,
    alerts,
    grafana,
    containers,
    key_metrics,
)
FOUNDATION: Final = {"prometheus_url": "prometheus", "alertmanager_url": "alertmanager"}
"""The check without which nothing can be said of what stands behind an address."""
