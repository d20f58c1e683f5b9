"""The object store, asked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.probe import Room, probe
from checks.reading import Unexpected
from checks.web import brief, get

if TYPE_CHECKING:
    from checks.visit import Visit


@probe(
    "object store",
    room=Room.HEALTH,
    needs="store_url",
    expected="200 from /minio/health/live",
    next_step="read the object store's log and its disk",
    level=2,
    incident=6,
    essential=True,
)
def object_store(visit: Visit) -> str:
    """Look at the object store's own health."""
    answer = get(visit.target, visit.target.store_url, "/minio/health/live")
    if "<html" in answer.text.lower():
        raise Unexpected(f"200 from something that is no object store: {brief(answer)}")
    return "200"
