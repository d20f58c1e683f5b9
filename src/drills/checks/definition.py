"""Define a check: a named test of one promise of a system, which ends as pass, degraded, fail, or error."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import redis
import urllib3
from minio.error import S3Error

from drills.checks.result import Attempt, CheckFailed, CheckResult, Observation, Outcome, Skipped
from drills.common.prometheus import PrometheusError
from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from drills.checks.context import CheckContext
    from drills.checks.target import Target
    from drills.runbook.model import Quantity

CheckFunction = Callable[["CheckContext"], str | Observation]
"""Tries the promise: returns what it saw, raises CheckFailed when that is not what is promised."""
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")
ATTEMPTS = 2
"""A connection may break once without a fault of the system; one that breaks twice is a failure."""
SILENCE = (httpx.TimeoutException, redis.TimeoutError, psycopg.errors.ConnectionTimeout, psycopg.errors.QueryCanceled)
BROKEN = (httpx.TransportError, redis.ConnectionError, psycopg.OperationalError, ConnectionError)
MEASURED = (
    CheckFailed,
    PrometheusError,
    WaitTimeout,
    httpx.HTTPError,
    redis.RedisError,
    psycopg.Error,
    S3Error,
    urllib3.exceptions.HTTPError,
)


class CheckSuite(StrEnum):
    """Which set of checks a check belongs to."""

    HEALTH = "health"
    SMOKE = "smoke"
    METRICS = "metrics"
    JOURNEY = "journey"


class Pace(StrEnum):
    """What is timed: one answer of the system, a job from its request to its end, or nothing."""

    ANSWER = "answer"
    JOB = "job"
    ANY = "any"


@dataclass(frozen=True)
class Check:
    """One promise and how it is tried; a call returns a result and raises nothing for what it finds.

    `needs` are the fields of Target without which there is nothing to check. `after` names the checks, beyond those of
    its addresses, that have to pass first. `level` is the severity (1 to 4) of its failure. The
    section of the runbook that helps is that of the incident whose alert measures the quantity `incident`. `function`
    returns what it saw, and raises CheckFailed when that is not what `expected` says. In `expected` and `next_step`,
    `{queue}` stands for the target's queue, and so each field. `clauses` are the numbers of the promises that it holds,
    where the suite has a contract with numbers.
    """

    name: str
    suite: CheckSuite
    needs: tuple[str, ...]
    expected: str
    next_step: str
    level: int
    incident: Quantity | None
    function: CheckFunction
    after: tuple[str, ...] = ()
    pace: Pace = Pace.ANSWER
    writes: bool = False
    essential: bool = False
    clauses: tuple[str, ...] = ()

    def __call__(self, context: CheckContext) -> CheckResult:
        """Try, and once more when the connection broke. A mistake in the check itself is an error, never a pass."""
        missing = [need for need in self.needs if getattr(context.target, need, None) in (None, ())]
        if missing:
            names = " and no ".join(context.target.title_of(need) for need in missing)
            return self.unjudged(context.target, Outcome.SKIPPED, f"not checked: no {names} in the target")
        attempts: list[Attempt] = []
        while True:
            began_s, began = time.time(), time.monotonic()
            outcome, seen = self._try(context)
            attempts.append(
                Attempt(began_s, time.monotonic() - began, context.target.redact(seen.text), outcome is not None)
            )
            if outcome is not None or len(attempts) == ATTEMPTS:
                return self._result(context, outcome or Outcome.FAIL, seen, tuple(attempts))

    def unjudged(self, target: Target, outcome: Outcome, why: str, cause: str | None = None) -> CheckResult:
        """Return the result of a check that was not tried, with the reason *why*."""
        expected, next_step = filled(self.expected, target), filled(self.next_step, target)
        return CheckResult(self.name, outcome, why, 0.0, next_step, expected, self._where(target), cause=cause)

    def _try(self, context: CheckContext) -> tuple[Outcome | None, Observation]:
        """Try once; no outcome means that the connection broke."""
        try:
            seen = self.function(context)
        except Skipped as reason:
            return Outcome.SKIPPED, Observation(f"not checked: {reason}")
        except SILENCE as error:  # one wait is long enough
            return Outcome.FAIL, Observation(in_words(error, context.target))
        except BROKEN as error:
            return None, Observation(in_words(error, context.target))
        except MEASURED as error:
            return Outcome.FAIL, Observation(in_words(error, context.target), getattr(error, "figures", {}))
        except Exception as error:  # noqa: BLE001  (a mistake in the check's own code is no measurement)
            return Outcome.ERROR, Observation(in_words(error, context.target))
        return Outcome.PASS, seen if isinstance(seen, Observation) else Observation(seen)

    def _result(
        self, context: CheckContext, outcome: Outcome, seen: Observation, attempts: tuple[Attempt, ...]
    ) -> CheckResult:
        text = attempts[-1].seen
        if outcome is Outcome.PASS:
            outcome, text = self._judge(context, text, attempts)
        return CheckResult(
            name=self.name,
            outcome=outcome,
            seen=text,
            seconds=sum(attempt.seconds for attempt in attempts),
            next_step=filled(self.next_step, context.target),
            expected=filled(self.expected, context.target),
            where=self._where(context.target),
            attempts=attempts,
            figures=seen.figures,
        )

    def _judge(self, context: CheckContext, text: str, attempts: tuple[Attempt, ...]) -> tuple[Outcome, str]:
        """Return DEGRADED with its reason after a second attempt, or where the answer was slower than promised."""
        if len(attempts) > 1:
            return Outcome.DEGRADED, f"{text}, only after: {attempts[0].seen}"
        limit_s = {Pace.ANSWER: context.answer_s, Pace.JOB: context.target.deadline_s / 2, Pace.ANY: None}[self.pace]
        if limit_s is not None and attempts[-1].seconds > limit_s:
            return Outcome.DEGRADED, f"{text}, slowly: {attempts[-1].seconds:.1f} s instead of {limit_s:g} s"
        return Outcome.PASS, text

    def _where(self, target: Target) -> str:
        return target.redact(str(getattr(target, self.needs[0]) or target.name))


REGISTER: dict[str, Check] = {}
"""Every registered check by its name, none before one that it depends on."""


def check(  # noqa: PLR0913  (a check is these facts)
    name: str,
    *,
    suite: CheckSuite,
    needs: str | tuple[str, ...],
    expected: str,
    next_step: str,
    level: int,
    incident: Quantity | None = None,
    after: tuple[Check, ...] = (),
    pace: Pace = Pace.ANSWER,
    writes: bool = False,
    essential: bool = False,
    clauses: tuple[str, ...] = (),
) -> Callable[[CheckFunction], Check]:
    """Turn a function (CheckContext -> what was seen) into a Check, and register it."""

    def made(function: CheckFunction) -> Check:
        if name in REGISTER:
            raise ValueError(f"there are two checks called {name!r}")
        REGISTER[name] = Check(
            name=name,
            suite=suite,
            needs=(needs,) if isinstance(needs, str) else needs,
            expected=expected,
            next_step=next_step,
            level=level,
            incident=incident,
            function=function,
            after=tuple(required.name for required in after),
            pace=pace,
            writes=writes,
            essential=essential,
            clauses=clauses,
        )
        return REGISTER[name]

    return made


def filled(text: str, target: Target) -> str:
    """Return *text* with the target's fields for their names in braces; one that is not given stays as it is."""
    return target.redact(_FIELD.sub(lambda match: str(getattr(target, match[1], None) or match[0]), text))


TLS_WORDS: Final = {
    "CERTIFICATE_VERIFY_FAILED": "the certificate cannot be trusted: name its authority as ca_file",
    "WRONG_VERSION_NUMBER": "this port speaks http, not https: write http:// in the address, or another port",
    "RECORD_LAYER_FAILURE": "this port speaks http, not https: write http:// in the address, or another port",
}
"""What a failed handshake means for the file with the target, by what OpenSSL says."""


def in_words(error: Exception, target: Target) -> str:
    """Return in one line what `error` means for a request to the system."""
    text = " ".join(str(error).split())
    if isinstance(error, WaitTimeout | CheckFailed | PrometheusError):
        return text
    if isinstance(error, httpx.TimeoutException | redis.TimeoutError | psycopg.errors.ConnectionTimeout):
        return f"no answer within {target.timeout_s:g} s"
    if "refused" in text.lower():
        return "connection refused"
    for mark, words in TLS_WORDS.items():
        if mark in text:
            return f"{words} ({text.partition('] ')[2] or text})"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "connection closed without an answer"
    return f"{type(error).__name__}: {text}"
