"""The queue, as the backend tells it and as Redis holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.probe import Room, probe
from checks.reading import Unexpected
from checks.web import body, get

if TYPE_CHECKING:
    from checks.visit import Visit


@probe(
    "queue metrics",
    room=Room.HEALTH,
    needs="front_url",
    expected="200 with whole numbers and total = waiting + active + delayed",
    next_step="compare with the keys of the queue in Redis",
    level=2,
    incident=4,
    essential=True,
)
def queue_metrics(visit: Visit) -> str:
    """Look at the numbers of the queue."""
    found = body(get(visit.target, visit.target.front_url, "/api/jobs/metrics"))
    keys = ("waiting", "active", "completed", "failed", "delayed", "total")
    odd = [key for key in keys if type(found.get(key)) is not int or found[key] < 0]
    if odd:
        raise Unexpected(f"no count of {', '.join(odd)} in {found}")
    if found["total"] != found["waiting"] + found["active"] + found["delayed"]:
        raise Unexpected(f"a total that is not the sum: {found}")
    return f"waiting {found['waiting']}, active {found['active']}, delayed {found['delayed']}"
