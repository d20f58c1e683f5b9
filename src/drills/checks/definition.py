"""A probe: a named look at one promise of a system, told apart into pass, degraded, fail, and our own mistake."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx
import psycopg
import redis
import urllib3
from minio.error import S3Error

from drills.checks.result import Attempt, LeftOut, Outcome, Reading, Seen, Unexpected
from drills.checks.target import NAMES
from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from drills.checks.context import Visit
    from drills.checks.target import Target

Look = Callable[["Visit"], str | Seen]
ATTEMPTS = 2
"""A connection may break once for no reason of the system's; what breaks twice is broken."""
SILENCE = (httpx.TimeoutException, redis.TimeoutError, psycopg.errors.ConnectionTimeout, psycopg.errors.QueryCanceled)
BROKEN = (httpx.TransportError, redis.ConnectionError, psycopg.OperationalError, ConnectionError)
MEASURED = (
    Unexpected,
    WaitTimeout,
    httpx.HTTPError,
    redis.RedisError,
    psycopg.Error,
    S3Error,
    urllib3.exceptions.HTTPError,
)


class Room(StrEnum):
    """Which set of checks a probe belongs to."""

    HEALTH = "health"
    SMOKE = "smoke"
    METRICS = "metrics"
    JOURNEY = "journey"


class Pace(StrEnum):
    """Whose time is measured: one answer of the system, a job from its upload to its end, or nobody's."""

    ANSWER = "answer"
    JOB = "job"
    ANY = "any"


@dataclass(frozen=True)
class Probe:
    """A named look; calling it never raises for what it finds.

    `needs` are the fields of Target without which there is nothing to look at. `after` names the probes without whose
    success this one says nothing. `level` is the severity (1 to 4) of its failure, `incident` the runbook's section
    that helps. `look` returns what it saw, and raises Unexpected when that is not what `expected` says.
    """

    name: str
    room: Room
    needs: tuple[str, ...]
    expected: str
    next_step: str
    level: int
    incident: int | None
    look: Look
    after: tuple[str, ...] = ()
    pace: Pace = Pace.ANSWER
    writes: bool = False
    essential: bool = False

    def __call__(self, visit: Visit) -> Reading:
        """Look, and once more when the connection broke. A mistake of our own is an error, never a pass."""
        missing = [need for need in self.needs if getattr(visit.target, need) is None]
        if missing:
            names = " and no ".join(NAMES[need] for need in missing)
            return self.unread(visit.target, Outcome.LEFT_OUT, f"not checked: no {names} in the target")
        attempts: list[Attempt] = []
        while True:
            began_s, began = time.time(), time.monotonic()
            outcome, seen = self._try(visit)
            attempts.append(
                Attempt(began_s, time.monotonic() - began, visit.target.redact(seen.text), outcome is not None)
            )
            if outcome is not None or len(attempts) == ATTEMPTS:
                return self._reading(visit, outcome or Outcome.FAIL, seen, tuple(attempts))

    def unread(self, target: Target, outcome: Outcome, why: str, cause: str | None = None) -> Reading:
        """Return the reading of somebody who did not look."""
        return Reading(self.name, outcome, why, 0.0, self.next_step, self.expected, self._where(target), cause=cause)

    def _try(self, visit: Visit) -> tuple[Outcome | None, Seen]:
        """Look once; no outcome means that the connection broke."""
        try:
            seen = self.look(visit)
        except LeftOut as reason:
            return Outcome.LEFT_OUT, Seen(f"not checked: {reason}")
        except SILENCE as error:  # whoever waited once has waited long enough
            return Outcome.FAIL, Seen(in_words(error, visit.target))
        except BROKEN as error:
            return None, Seen(in_words(error, visit.target))
        except MEASURED as error:
            return Outcome.FAIL, Seen(in_words(error, visit.target), getattr(error, "figures", {}))
        except Exception as error:  # noqa: BLE001  (whatever goes wrong in our own code is no measurement)
            return Outcome.ERROR, Seen(in_words(error, visit.target))
        return Outcome.PASS, seen if isinstance(seen, Seen) else Seen(seen)

    def _reading(self, visit: Visit, outcome: Outcome, seen: Seen, attempts: tuple[Attempt, ...]) -> Reading:
        text = attempts[-1].seen
        if outcome is Outcome.PASS:
            outcome, text = self._judge(visit, text, attempts)
        return Reading(
            name=self.name,
            outcome=outcome,
            seen=text,
            seconds=sum(attempt.seconds for attempt in attempts),
            next_step=self.next_step,
            expected=self.expected,
            where=self._where(visit.target),
            attempts=attempts,
            figures=seen.figures,
        )

    def _judge(self, visit: Visit, text: str, attempts: tuple[Attempt, ...]) -> tuple[Outcome, str]:
        """Say a word of a second attempt, and of more time than users are promised."""
        if len(attempts) > 1:
            return Outcome.DEGRADED, f"{text}, only after: {attempts[0].seen}"
        limit_s = {Pace.ANSWER: visit.answer_s, Pace.JOB: visit.target.deadline_s / 2, Pace.ANY: None}[self.pace]
        if limit_s is not None and attempts[-1].seconds > limit_s:
            return Outcome.DEGRADED, f"{text}, slowly: {attempts[-1].seconds:.1f} s instead of {limit_s:g} s"
        return Outcome.PASS, text

    def _where(self, target: Target) -> str:
        return target.redact(str(getattr(target, self.needs[0]) or target.name))


REGISTER: dict[str, Probe] = {}
"""Every probe by its name, those it depends on before it."""


def probe(  # noqa: PLR0913  (a check is these facts)
    name: str,
    *,
    room: Room,
    needs: str | tuple[str, ...],
    expected: str,
    next_step: str,
    level: int,
    incident: int | None = None,
    after: tuple[Probe, ...] = (),
    pace: Pace = Pace.ANSWER,
    writes: bool = False,
    essential: bool = False,
) -> Callable[[Look], Probe]:
    """Turn a look (Visit -> what was seen) into a Probe, and register it."""

    def made(look: Look) -> Probe:
        if name in REGISTER:
            raise ValueError(f"there are two checks called {name!r}")
        REGISTER[name] = Probe(
            name=name,
            room=room,
            needs=(needs,) if isinstance(needs, str) else needs,
            expected=expected,
            next_step=next_step,
            level=level,
            incident=incident,
            look=look,
            after=tuple(one.name for one in after),
            pace=pace,
            writes=writes,
            essential=essential,
        )
        return REGISTER[name]

    return made


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
