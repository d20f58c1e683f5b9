"""How much memory the kernel says that a service's processes hold: nobody's metric, and not the engine's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation

if TYPE_CHECKING:
    from drills.drill.system import System

# Proportional set size: what processes of a container share counts once.
SHARES = (
    "for id in $(docker-compose ps -q {}); do docker top $id -o pid | tail -n +2 | sed 's|.*|/proc/&/smaps_rollup|' | "
    "xargs cat 2> /dev/null | awk -v limit=$(docker inspect -f '{{{{.HostConfig.Memory}}}}' $id) "
    "'/^Pss:/ {{ used += $2 }} END {{ print used * 1024 / limit }}'; done"
)


def shares(system: System, role: str) -> list[float]:
    """Return, for each replica of the service that plays *role*, its processes' memory over the container's limit."""
    seen = system.stack.run(SHARES.format(system.service(role))).output.split()
    return [float(word) for word in seen if word.replace(".", "", 1).isdigit()]


def threshold(system: System) -> float:
    """Return the share from which on it is an incident: the alert of incident 3 of the runbook."""
    return system.runbook.incident(3).alert.threshold.value


def confirmation(system: System, role: str) -> Confirmation:
    """Look whether a replica of the service is over the alert's threshold."""
    found = shares(system, role)
    return Confirmation(
        ok=bool(found) and max(found) > threshold(system),
        channel="/proc/PID/smaps_rollup",
        expected=f"a replica over {threshold(system):.0%} of its memory",
        seen=", ".join(f"{share:.0%}" for share in found) or "no process",
    )
