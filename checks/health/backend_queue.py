"""The queue as the backend counts it, compared with Redis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checks.target import to_the_letter
from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, body, check, client, connect_redis, expect, get
from drills.checks.health.queue import key, queue_keys
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

    from drills.checks import CheckContext

OK: Final = 200
COUNTS: Final = ("waiting", "active", "completed", "failed", "delayed")
SUMMED: Final = ("waiting", "active", "delayed")
LOOKS: Final = 5
"""How often a queue in motion is compared before the check fails."""


@dataclass(frozen=True)
class Moment:
    """The queue inside Redis at one moment; *ids* is how many jobs it was ever given."""

    counts: Mapping[str, int]
    ids: int

    def motion(self, later: Moment) -> int:
        """Return how many jobs at most came, went or changed their state until *later*."""
        changes = sum(abs(later.counts[name] - self.counts[name]) for name in COUNTS)
        return changes + abs(later.ids - self.ids)


@check(
    "queue metrics",
    suite=CheckSuite.HEALTH,
    clauses=("JO-08",),
    needs="front_url",
    expected="200 with whole numbers and total = waiting + active + delayed",
    next_step="compare the numbers with the keys of the queue in Redis",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    essential=True,
)
def queue_metrics(context: CheckContext) -> str:
    """Read the backend's numbers of the queue, and add them up."""
    found = _counts(context, body(get(context.target, context.target.front_url, "/api/jobs/metrics")))
    if {*SUMMED, "total"} <= found.keys() and found["total"] != sum(found[name] for name in SUMMED):
        raise CheckFailed(f"a total that is not the sum: {found}")
    return ", ".join(f"{name} {found[name]}" for name in SUMMED if name in found)


@check(
    "queue counts",
    suite=CheckSuite.HEALTH,
    clauses=("QU-03",),
    needs=("front_url", "redis_url"),
    expected="the API to count the queue as Redis does",
    next_step="read the backend's log; go by the numbers in Redis until both agree",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(queue_metrics, queue_keys),
)
def queue_counts(context: CheckContext) -> Observation:
    """Compare the API's numbers with those in Redis just before and just after.

    Jobs move meanwhile: each may have been counted in any state that it passed through, so a number may lie outside
    of both by as many jobs as moved. In a queue that stood still the numbers have to be the same.
    """
    with connect_redis(context.target) as store, client(context.target, context.target.front_url) as http:
        later = moment(context, store)
        for _ in range(LOOKS):
            before = later
            told = _counts(context, body(expect(http.get("/api/jobs/metrics"), OK)))
            later = moment(context, store)
            odd = _disagreement(before, told, later)
            if not odd:
                return Observation(
                    ", ".join(f"{name} {told[name]}" for name in COUNTS if name in told),
                    {f"jobs_{name}": told[name] for name in COUNTS if name in told},
                )
            if before == later:
                break
    raise CheckFailed(odd)


def moment(context: CheckContext, store: redis.Redis) -> Moment:
    """Count the queue as the contract does: a job with a priority waits in `prioritized`, not in `wait`."""
    asking = store.pipeline()
    asking.llen(key(context, "wait"))
    asking.zcard(key(context, "prioritized"))
    asking.llen(key(context, "active"))
    for name in ("completed", "failed", "delayed"):
        asking.zcard(key(context, name))
    asking.get(key(context, "id"))
    wait, prioritized, *others, ids = asking.execute()
    return Moment(dict(zip(COUNTS, (wait + prioritized, *others), strict=True)), int(ids or 0))


def _counts(context: CheckContext, found: dict[str, Any]) -> dict[str, int]:
    """Return the API's numbers, by the letter all of them; raises CheckFailed when one of them is no count."""
    names = [name for name in (*COUNTS, "total") if to_the_letter(context) or name in found]
    if "waiting" not in names:
        raise Skipped(f"this system counts its queue in other words: {', '.join(found)}")
    odd = [name for name in names if type(found.get(name)) is not int or found[name] < 0]
    if odd:
        raise CheckFailed(f"no count of {', '.join(odd)} in {found}")
    return {name: found[name] for name in names}


def _disagreement(before: Moment, told: Mapping[str, int], later: Moment) -> str:
    """Name the numbers that no moment between *before* and *later* can have had."""
    motion = before.motion(later)
    odd = []
    for name in (name for name in COUNTS if name in told):
        least, most = sorted((before.counts[name], later.counts[name]))
        if not least - motion <= told[name] <= most + motion:
            odd.append(f"{name} {told[name]}, in Redis {least}" + (f" to {most}" if most != least else ""))
    return "; ".join(odd)
