"""How each quantity is counted, and the states that have a limit without a figure."""

from __future__ import annotations

from dataclasses import dataclass

from drills.runbook.durations import SECONDS
from drills.runbook.model import Quantity

RATIO = {"%": 0.01, "percent": 0.01, "per cent": 0.01, "pct": 0.01}


@dataclass(frozen=True)
class Dimension:
    """How a quantity is counted: the unit that is shown, and the words for its units with their factors."""

    unit: str
    factors: dict[str, float]
    countable: bool = False


def _count(unit: str, *words: str) -> Dimension:
    return Dimension(unit, dict.fromkeys((unit, *words), 1.0), countable=True)


_SERVICES = (
    "service",
    "services",
    "instance",
    "instances",
    "replica",
    "replicas",
    "available",
    "healthy",
    "up",
    "ready",
)
DIMENSIONS = {
    Quantity.ERROR_RATE: Dimension("%", RATIO),
    Quantity.RESPONSE_TIME_P95: Dimension("s", SECONDS),
    Quantity.RESOURCE_UTILIZATION: Dimension("%", RATIO),
    Quantity.QUEUE_DEPTH: _count("jobs", "job", "message", "messages", "task", "tasks", "item", "items"),
    Quantity.CONNECTION_POOL: _count("connections", "connection"),
    Quantity.HEALTH: _count("services up", *_SERVICES),
    Quantity.AUTHENTICATION: _count("failures", "failure"),
}
# States that carry their limit without a figure: one failing service is below "up", several are more than one.
STATES = (
    (Quantity.HEALTH, r"fail|\bdown\b|unreachable|unhealthy", "<", 1.0),
    (Quantity.AUTHENTICATION, r"multiple|several|repeated", ">", 1.0),
)
