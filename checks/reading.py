"""One look at one part of a system: what was expected, what was seen, and what to look at next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import psycopg
import redis

from checks.target import NAMES, Target
from checks.waiting import WaitTimeout

if TYPE_CHECKING:
    from collections.abc import Callable


class Unexpected(Exception):  # noqa: N818  (a measurement, not a mistake of this program)
    """The part answered, but not what the contract promises; the text is what was seen."""


@dataclass(frozen=True)
class Reading:
    """The outcome of one probe.

    `ok` is None when nothing was looked at (`seen` says why), which is never a pass. `seconds` is how long the
    look took; `where` is the address, without passwords.
    """

    name: str
    ok: bool | None
    seen: str
    seconds: float
    next_step: str
    expected: str
    where: str

    def __str__(self) -> str:
        if self.ok is None:
            return f"{self.name}: {self.seen}"
        verdict = "ok" if self.ok else f"expected {self.expected}"
        tail = "" if self.ok else f"; next: {self.next_step}"
        return f"{self.name}: {verdict}, saw {self.seen} after {self.seconds:.2f} s at {self.where}{tail}"


@dataclass(frozen=True)
class Probe:
    """A named look at the part whose address is `Target.<needs>`; calling it never raises for what it finds.

    `look` returns what it saw, and raises Unexpected when that is not what `expected` says.
    """

    name: str
    needs: str
    expected: str
    next_step: str
    look: Callable[[Target], str]

    def __call__(self, target: Target) -> Reading:
        """Look once. Anything the look did not foresee is a failure with its text, never a pass."""
        address = getattr(target, self.needs)
        if address is None:
            return self._reading(target, None, f"not checked: no {NAMES[self.needs]} in the target", 0.0)
        began = time.monotonic()
        try:
            ok, seen = True, self.look(target)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong while looking is what was seen)
            ok, seen = False, in_words(error, target)
        return self._reading(target, ok, seen, time.monotonic() - began)

    def _reading(self, target: Target, ok: bool | None, seen: str, seconds: float) -> Reading:  # noqa: FBT001
        where = str(getattr(target, self.needs) or target.name)
        return Reading(
            name=self.name,
            ok=ok,
            seen=target.redact(seen),
            seconds=seconds,
            next_step=self.next_step,
            expected=self.expected,
            where=target.redact(where),
        )


def probe(name: str, *, needs: str, expected: str, next_step: str) -> Callable[[Callable[[Target], str]], Probe]:
    """Turn a look (Target -> what was seen) into a Probe."""
    return lambda look: Probe(name, needs, expected, next_step, look)


def in_words(error: Exception, target: Target) -> str:
    """Say what `error` means for somebody who asked a system a question, in one line."""
    text = " ".join(str(error).split())
    if isinstance(error, WaitTimeout | Unexpected):
        return text
    if isinstance(error, httpx.TimeoutException | redis.TimeoutError | psycopg.errors.ConnectionTimeout):
        return f"no answer within {target.timeout_s:g} s"
    if "refused" in text.lower():
        return "connection refused"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "connection closed without an answer"
    return f"{type(error).__name__}: {text}"
