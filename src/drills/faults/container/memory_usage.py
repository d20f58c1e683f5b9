"""The memory of a service's processes, as the kernel reports it; a helper of the faults, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.drill.system import System

# Proportional set size: memory that several processes of a container share counts once.
SHARES = (
    "for id in $(docker-compose ps -q {}); do docker top $id -o pid | tail -n +2 | sed 's|.*|/proc/&/smaps_rollup|' | "
    "xargs cat 2> /dev/null | awk -v limit=$(docker inspect -f '{{{{.HostConfig.Memory}}}}' $id) "
    "'/^Pss:/ {{ used += $2 }} END {{ print used * 1024 / limit }}'; done"
)


def shares(system: System, role: str) -> list[float]:
    """Return, for each replica of the service in *role*, its processes' memory as a ratio of the container's limit."""
    seen = system.stack.sandbox.run(SHARES.format(system.service(role))).output.split()
    return [float(word) for word in seen if word.replace(".", "", 1).isdigit()]


def limit(system: System) -> float:
    """Return the ratio above which the runbook's alert on resource utilization fires."""
    return threshold(system, Quantity.RESOURCE_UTILIZATION)


def confirmation(system: System, role: str) -> Confirmation:
    """Tell whether a replica of the service in *role* is over the alert's threshold."""
    used = shares(system, role)
    return Confirmation(
        ok=bool(used) and max(used) > limit(system),
        channel="/proc/PID/smaps_rollup",
        expected=f"a replica over {limit(system):.0%} of its memory",
        seen=", ".join(f"{share:.0%}" for share in used) or "no process",
    )
