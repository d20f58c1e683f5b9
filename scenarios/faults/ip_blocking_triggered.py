"""Failed sign-ins that block the one address that all students of a campus share."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
from redis.exceptions import RedisError

from checks.smoke.sign_in_client import START
from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.scenario import Confirmation, Fault
from load.sign_in_flow import CAMPUS

if TYPE_CHECKING:
    from drills.drill.system import System

STALE_CALLBACK = f"{START}/callback?code=stale&state=stale"
KEY = f"auth:blocked:{CAMPUS}"
TIMEOUT_S = 5.0
FAILURES_AT_ONCE = 5
POLL_S = 0.1
LASTING_LOOKS = 5
"""So often in a row the block must be seen: a sign-in that was already under way when it began would lift it."""
DEADLINE_S = 10.0
NOTHING_ANSWERS = (WaitTimeout, httpx.HTTPError, RedisError)
RETRY_S = 1.0


class IpBlockingTriggered(Fault):
    """Load a stale callback again and again from the campus until its address is blocked, for an hour.

    The student returns to the stale page as soon as the hour is over, so the end of the block is not that of the fault.
    """

    name = "ip blocking triggered"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._student: threading.Thread | None = None

    def inject(self, system: System) -> None:
        """Fail until the block lasts, and let the student return when it is over."""
        block(system)
        told_s = block_s(system)
        self._student = threading.Thread(target=self._return, args=(system, told_s), name="stale-page", daemon=True)
        self._student.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis for how long the campus is still blocked."""
        with system.redis() as redis:
            left_s = int(redis.ttl(KEY))
        return Confirmation(
            ok=left_s > 0, channel=f"TTL {KEY} in Redis", expected="a block that lasts", seen=f"{left_s} s left"
        )

    def reapply_load(self, system: System) -> None:
        """Load the stale callback again: nothing prevents the next student from the same mistake."""
        block(system)

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the student who waits for the end of the block."""
        return (self._student,) if self._student else ()

    def stop(self) -> None:
        """Keep the student from returning."""
        self._stop.set()
        if self._student:
            self._student.join()

    def _return(self, system: System, told_s: float) -> None:
        """Fail as often again when the block was to be over, *told_s* seconds from now, even if it was lifted."""
        while not self._stop.wait(told_s):
            told_s = RETRY_S
            with suppress(*NOTHING_ANSWERS):
                block(system)
                told_s = block_s(system)


def block(system: System) -> None:
    """Fail until the block lasts; each success of another student on the campus starts the count anew.

    Raises WaitTimeout when it does not come to that.
    """
    looks = 0
    with httpx.Client(base_url=system.target.front_url, timeout=TIMEOUT_S) as student, system.redis() as redis:

        def lasts() -> bool:
            nonlocal looks
            looks = looks + 1 if redis.exists(KEY) else _fail(student)
            return looks >= LASTING_LOOKS

        wait_until(
            lasts,
            deadline_s=DEADLINE_S,
            poll_s=POLL_S,
            expected=f"{KEY} in Redis",
            where="failed sign-ins from the campus",
            next_step=f"docker logs {system.service('backend')} 2>&1 | grep Authentication",
        )


def block_s(system: System) -> float:
    """Return for how much longer the campus is blocked, in seconds."""
    with system.redis() as redis:
        return max(RETRY_S, float(redis.pttl(KEY)) / 1000)


def _fail(student: httpx.Client) -> int:
    """Fail as often as a block takes; returns 0, the number of times that the block was seen."""
    for _ in range(FAILURES_AT_ONCE):
        student.get(STALE_CALLBACK, headers={"X-Forwarded-For": CAMPUS})
    return 0
