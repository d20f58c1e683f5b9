"""A frozen Redis under a backend that waits for its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.faults.configuration import settings
from drills.faults.container.container_frozen import ContainerFrozen
from scenarios.helpers import services

if TYPE_CHECKING:
    from drills.drill.system import System

PATIENCE_S = 11
"""Seconds for which the backend waits for an answer of Redis, as most clients of Redis do when they are shipped."""


class CacheNotWorking(ContainerFrozen):
    """Freeze Redis under a backend that waits for its cache instead of doing without.

    No connection is refused and nothing is lost: each session, each counted request and each cached answer is waited
    for until the backend's patience ends.
    """

    name = "cache not working"

    def __init__(self) -> None:
        super().__init__("cache")

    def prepare(self, system: System) -> None:
        """Make the backend patient."""
        settings.change(system, REDIS_ANSWER_S=PATIENCE_S)
        services.recreate(system, "backend")
