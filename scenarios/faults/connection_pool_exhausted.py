"""A pool that is used up, in a backend that answers 500 for that at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.faults.configuration import settings
from scenarios.faults.connection_leak import ConnectionLeak

if TYPE_CHECKING:
    from drills.drill.system import System

SHORTEST_WAIT_S = 1.0
"""Below this, a pool that is merely busy for a moment would refuse as well."""


class ConnectionPoolExhausted(ConnectionLeak):
    """The leaking release, in a deployment whose wait for a connection is shortened like every other window.

    A request that finds no connection is answered 500 when its wait is over: 30 s as shipped. In real time that is a
    tenth of the window in which errors are counted, and it stays that share of it here.
    """

    name = "connection pool exhausted"

    def prepare(self, system: System) -> None:
        """Scale the wait for a connection; the deployment of the release applies it."""
        shipped_s = float(settings.read(system, "DB_POOL_WAIT_S"))
        settings.change(system, DB_POOL_WAIT_S=f"{max(SHORTEST_WAIT_S, shipped_s / system.time_scale):g}")
        super().prepare(system)
