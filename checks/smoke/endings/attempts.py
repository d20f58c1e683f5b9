"""What the queue does with a job: one entry, one attempt where it succeeds, three where its file cannot be parsed."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from checks import schedules
from checks.cleanup import kinds
from checks.cleanup.queue_entries import SLACK_S, entries
from checks.smoke.upload import journey
from checks.smoke.upload_client import accepted, end_of, send
from checks.target import to_the_letter
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, body, check, client, connect_redis, expect, new_tag
from drills.checks.health.queue import key, queue_keys
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

NEEDS: Final = ("front_url", "redis_url", "queue")
OK: Final = 200
NO_RESULT: Final = 400
ATTEMPTS: Final = 3  # of one job, by the contract
BACK_OFF: Final = "exponential"
COMPLETED: Final = "completed"


@check(
    "one entry for a job",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="one entry in the queue {queue} for each upload of this run, and one attempt where it completed",
    next_step="look for what adds a job twice, and for workers that lose the locks of their jobs",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey, queue_keys),
    clauses=("QU-08",),
)
def one_entry(context: CheckContext) -> str:
    """Look for the entries of this run's uploads: some systems drop an entry as soon as it has ended."""
    jobs, since_s = set(context.artifacts.noted(kinds.JOB)), time.time() - context.target.deadline_s
    with connect_redis(context.target) as store:
        known = entries(store, f"bull:{context.target.queue}", since_s)
        ours = [(number, state, job) for number, state, job in known if job in jobs]
        made = {job: _made(store.hgetall(key(context, number))) for number, state, job in ours if state == COMPLETED}
    if not ours and to_the_letter(context):
        raise CheckFailed(f"no entry in the queue for any of {len(jobs)} uploads of this run")
    if not ours:
        raise Skipped("no entry of an upload of this run is kept in the queue")
    twice = [job for job, count in Counter(job for _, _, job in ours).items() if count > 1]
    if twice:
        raise CheckFailed(f"several entries in the queue for job {twice[0]}")
    again = [job for job, attempts_made in made.items() if attempts_made > 1]
    if again:
        raise CheckFailed(f"job {again[0]} took {made[again[0]]} attempts")
    return f"{len(ours)} jobs of this run, with an entry each"


@check(
    "attempts of a job",
    suite=CheckSuite.SLOW,
    needs=NEEDS,
    expected=f"{ATTEMPTS} attempts, with {BACK_OFF} back-off, of a file that cannot be parsed; an error, no result",
    next_step="compare the options with which the backend adds jobs to the queue {queue}",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey, queue_keys),
    pace=Pace.ANY,
    writes=True,
    clauses=("JO-09", "QU-06"),
)
def attempts(context: CheckContext) -> str:
    """Upload a schedule with words in place of its times, wait until its job has failed, and count the attempts."""
    began_s = time.time()
    with client(context.target, context.target.front_url) as http:
        job = accepted(context, send(context, http, f"{new_tag()}.pdf", schedules.corrupt_pdf()), "test")
        if end_of(http, context.target, job) != "failed":
            raise CheckFailed(f"job {job} completed, of a file that cannot be parsed")
        if not body(expect(http.get(f"/api/jobs/{job}"), OK)).get("error"):
            raise CheckFailed(f"job {job} failed without an error that says why")
        expect(http.get(f"/api/jobs/{job}/result"), NO_RESULT)
    (found,) = _entries_of(context, job, began_s)
    back_off = json.loads(found.get("opts", "{}")).get("backoff")
    kind = back_off.get("type") if isinstance(back_off, dict) else back_off
    if (_made(found), kind) != (ATTEMPTS, BACK_OFF):
        raise CheckFailed(f"{_made(found)} attempts with the back-off {back_off}")
    return f"failed after {ATTEMPTS} attempts"


def _entries_of(context: CheckContext, job: str, since_s: float) -> list[dict[str, Any]]:
    """Return the queue's entry of *job* as Redis has it; raises CheckFailed unless there is exactly one."""
    with connect_redis(context.target) as store:
        known = entries(store, f"bull:{context.target.queue}", since_s - SLACK_S)
        numbers = [number for number, _, named in known if named == job]
        found = [store.hgetall(key(context, number)) for number in numbers]
    if len(found) != 1:
        raise CheckFailed(f"{len(found)} entries in the queue for job {job}")
    return found


def _made(entry: dict[str, Any]) -> int:
    """Return how many attempts were made of an entry; the names that newer and older versions give that."""
    return int(entry.get("atm") or entry.get("attemptsMade") or 0)
