"""BullMQ's entries of jobs: found by the job id in their data, and removed unless a worker is parsing the job."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import redis

AT_ONCE: Final = 500
LISTS: Final = ("wait", "paused", "active")
LATER: Final = ("prioritized", "delayed")
ENDED: Final = ("completed", "failed")
SLACK_S: Final = 60.0  # the clocks of this machine and of the workers may differ by as much
# A worker takes an entry in one step, and removing it is one step, too: only one of the two can have it.
TAKE_OUT: Final = """
local n = 0
for i = 1, 2 do n = n + redis.call('LREM', KEYS[i], 0, ARGV[1]) end
for i = 3, 6 do n = n + redis.call('ZREM', KEYS[i], ARGV[1]) end
if n > 0 then redis.call('DEL', KEYS[7], KEYS[7] .. ':logs', KEYS[7] .. ':lock') end
return n
"""


class Entry(StrEnum):
    """What became of a job's entry in the queue."""

    REMOVED = "removed"
    ACTIVE = "active"
    ABSENT = "absent"


def take_out(store: redis.Redis, queue: str, jobs: Iterable[str], since_s: float) -> dict[str, Entry]:
    """Remove the entries of `jobs` from BullMQ's `queue`, except active ones, and return what became of each.

    Entries of jobs that ended before *since_s* (seconds since the epoch) are not read: some systems keep all of them.
    """
    prefix = f"bull:{queue}"
    found = dict.fromkeys(jobs, Entry.ABSENT)
    for number, state, job in entries(store, prefix, since_s):
        if job not in found:
            continue
        gone = state != "active" and _remove(store, prefix, number)
        found[job] = Entry.REMOVED if gone else Entry.ACTIVE
    return found


def entries(store: redis.Redis, prefix: str, since_s: float) -> Iterator[tuple[str, str, str]]:
    """Yield number, state and job of every entry, as they were at one moment."""
    with store.pipeline(transaction=True) as at_once:
        for name in LISTS:
            at_once.lrange(f"{prefix}:{name}", 0, -1)
        for name in LATER:
            at_once.zrange(f"{prefix}:{name}", 0, -1)
        for name in ENDED:
            at_once.zrangebyscore(f"{prefix}:{name}", (since_s - SLACK_S) * 1000, "+inf")
        held = at_once.execute()
    numbers = [(number, name) for name, some in zip((*LISTS, *LATER, *ENDED), held, strict=True) for number in some]
    for first in range(0, len(numbers), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        with store.pipeline(transaction=False) as asked:
            for number, _ in some:
                asked.hget(f"{prefix}:{number}", "data")
            for (number, name), data in zip(some, asked.execute(), strict=True):
                yield number, name, _job(data)


def _remove(store: redis.Redis, prefix: str, number: str) -> bool:
    keys = [f"{prefix}:{name}" for name in ("wait", "paused", *LATER, *ENDED, number)]
    return cast("int", store.eval(TAKE_OUT, len(keys), *keys, number)) > 0


def _job(data: Any) -> str:
    """Return the job that an entry is for; an entry whose data does not say is none of ours."""
    try:
        return str(json.loads(data)["jobId"])
    except (KeyError, TypeError, ValueError):
        return ""
