"""The mutations of replicas: one is gone, one does nothing, one gets no requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.mutations.gateway_edits import AS_SHIPPED, edited
from checks.mutations.mutation import Mutation
from checks.mutations.service_edits import AWAIT, as_shipped, sourced

if TYPE_CHECKING:
    from drills.checks import Target

SECOND = "schedgen-pdf-worker-2"
IDLE = "s/consuming = asyncio.create_task(consumer.run())/consuming = asyncio.create_task(asyncio.sleep(1e9))/"
FIRST_BACKEND = "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' backend)"
SCALED = "docker-compose up -d --no-deps --no-recreate --scale {0}={1} {0} && " + AWAIT
ONLY_THE_FIRST = edited("s/set .backend backend:8000/set $backend FIRST:8000/")


def with_two_backends(target: Target) -> Target:
    """Say that there are two backends."""
    more: dict[str, Any] = {"backends": 2}
    return target.changed(**more)


REPLICAS = (
    Mutation(
        "take one of two workers away",
        red=frozenset({"workers at the queue", "workers that are measured"}),
        breaks=("RE-01",),
        lines=(SCALED.format("pdf-worker", 1),),
        undo=(SCALED.format("pdf-worker", 2),),
    ),
    Mutation(
        "let one of two workers take no jobs",
        red=frozenset({"workers at the queue", "each worker takes jobs"}),
        breaks=("RE-01", "RE-02"),
        lines=sourced("worker/app.py", IDLE, container=SECOND),
        undo=as_shipped("worker/app.py", container=SECOND),
    ),
    Mutation(
        "expect a backend more than runs",
        red=frozenset({"backends that are measured"}),
        breaks=("RE-01",),
        retarget=with_two_backends,
    ),
    Mutation(
        "send one of two backends no requests",
        red=frozenset({"each backend serves"}),
        breaks=("RE-03",),
        lines=(
            SCALED.format("backend", 2),
            *(line.replace("FIRST", f"'{FIRST_BACKEND}'") for line in ONLY_THE_FIRST),
        ),
        undo=(*AS_SHIPPED, SCALED.format("backend", 1)),
        retarget=with_two_backends,
    ),
)
