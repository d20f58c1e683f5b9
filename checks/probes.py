"""All probes there are, in their order, and those that a drill looks at before and after its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Each registers its probes.
from checks.health import (
    alerts,
    backlog,
    cache,
    connections,
    containers,
    database,
    exposed,
    grafana,
    monitoring,
    objects,
    queue,
    services,
    workers,
)
from checks.journeys import ways
from checks.metrics import figures
from checks.order import ordered
from checks.probe import REGISTER
from checks.smoke import (
    api,
    calendar,
    entrance,
    exposition,
    front,
    headers,
    limits,
    names,
    refused_uploads,
    session,
    tls,
    upload,
    worker,
)

if TYPE_CHECKING:
    from checks.probe import Probe, Room
    from checks.reading import Reading
    from checks.visit import Visit

MODULES = (
    services,
    exposed,
    database,
    connections,
    cache,
    objects,
    workers,
    queue,
    backlog,
    monitoring,
    alerts,
    grafana,
    containers,
    upload,
    front,
    session,
    entrance,
    api,
    refused_uploads,
    calendar,
    limits,
    headers,
    tls,
    names,
    worker,
    exposition,
    figures,
    ways,
)
ALL: tuple[Probe, ...] = ordered(REGISTER)
ESSENTIAL: tuple[Probe, ...] = tuple(one for one in ALL if one.essential)


def params_of(room: Room) -> list[Any]:
    """Return a room's probes as parameters of a test, named, and marked where they leave something behind."""
    return [
        pytest.param(one, id=one.name.replace(" ", "-"), marks=[pytest.mark.writes] if one.writes else [])
        for one in ALL
        if one.room is room
    ]


def essentials(visit: Visit) -> list[Reading]:
    """Look at every part of the system once, a whole upload included."""
    return [one(visit) for one in ESSENTIAL]
