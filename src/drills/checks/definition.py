"""Define a check: a named test of one promise of a system, which ends as pass, degraded, fail, or error."""

from __future__ import annotations

import re
import time
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import redis
import urllib3
from minio.error import S3Error

from drills.checks.result import Attempt, CheckFailed, CheckResult, Observation, Outcome, Skipped
from drills.common.limited_http import AnswerTooLarge
from drills.common.prometheus import PrometheusError
from drills.common.time_limit import within
from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from drills.checks.context import CheckContext
    from drills.checks.target import Target
    from drills.runbook.model import Quantity

CheckFunction = Callable[["CheckContext"], str | Observation]
"""Tries the promise: returns what it saw, raises CheckFailed when that is not what is promised."""
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")
REQUESTS = 20
"""No check sends more requests one after the other that each take all of their time."""
LONGEST_S = 1800.0
"""For a check that waits for minutes on purpose."""
ONLY_IN_A_SANDBOX = "it breaks something for a moment, which only a sandbox may suffer"
NO_CONTRACT = "this target names no contract"
ATTEMPTS = 2
"""A connection may break once without a fault of the system; one that breaks twice is a failure."""
SILENCE = (httpx.TimeoutException, redis.TimeoutError, psycopg.errors.ConnectionTimeout, psycopg.errors.QueryCanceled)
NOT_ALLOWED = (redis.exceptions.NoPermissionError, psycopg.errors.InsufficientPrivilege)
"""What a store says to a user of few rights: nothing is broken by that, and nothing can be said."""
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
    SLOW = "slow"
    """What takes minutes of waiting: tried only where a run asks for it."""


class Pace(StrEnum):
    """What is timed: one answer of the system, a job from its request to its end, or nothing."""

    ANSWER = "answer"
    JOB = "job"
    ANY = "any"


@dataclass(frozen=True)
class Tried:
    """What one try came to; *again* is whether a second one is worth it."""

    outcome: Outcome
    seen: Observation
    answered: bool = True
    again: bool = False


@dataclass(frozen=True)
class Check:
    """One promise and how it is tried; a call returns a result and raises nothing for what it finds.

    `needs` are the fields of Target without which there is nothing to check. `after` names the checks, beyond those of
    its addresses, that have to pass first; of those in `reaching` an answer is enough, where they share its address. A
    failure of those in `despite` does not block it: it is told of them in `context.down`. `level` is the severity (1
    to 4) of its failure. The section of the runbook that helps is that of the incident whose alert measures the
    quantity `incident`. `function` returns what it saw, and raises CheckFailed when that is not what `expected` says.
    `contract_level` is the place, from 1 on, of the widest of the suite's contracts that promises it; 0 for what any
    system may have. In `expected` and `next_step`, `{queue}` stands for the target's queue, and so each field.
    `address` is what is asked, where that is none of the target's own fields; `answer_s` (seconds) is when its answer
    is slow, where it has a limit of its own.
    `clauses` are the numbers of the promises that it holds, where the suite has a contract with numbers. A `disruptive`
    check breaks something for a moment, and is refused outside of a sandbox.
    """

    name: str
    suite: CheckSuite
    needs: tuple[str, ...]
    expected: str
    next_step: str
    level: int
    incident: Quantity | None
    function: CheckFunction = field(repr=False)  # an address in it may hold a password, and reports show parameters
    after: tuple[str, ...] = ()
    pace: Pace = Pace.ANSWER
    writes: bool = False
    essential: bool = False
    reaching: tuple[str, ...] = ()
    despite: tuple[str, ...] = ()
    contract_level: int = 0
    clauses: tuple[str, ...] = ()
    disruptive: bool = False
    address: str = field(default="", repr=False)
    answer_s: float | None = None

    def __call__(self, context: CheckContext) -> CheckResult:
        """Try, and once more when the connection broke. A mistake in the check itself is an error, never a pass."""
        why = self._not_asked(context.target)
        if why:
            return self.unjudged(context.target, Outcome.SKIPPED, f"not checked: {why}")
        attempts: list[Attempt] = []
        while True:
            began_s, began = time.time(), time.monotonic()
            tried = self._try(context)
            text = context.target.redact(tried.seen.text)
            attempts.append(Attempt(began_s, time.monotonic() - began, text, tried.answered))
            if not tried.again or len(attempts) == ATTEMPTS:
                return self._result(context, tried.outcome, tried.seen, tuple(attempts))

    def _not_asked(self, target: Target) -> str:
        """Say why there is nothing to ask this target, empty where it is asked."""
        if self.contract_level and target.contract is None:
            return NO_CONTRACT
        if self.contract_level > target.contract_level:
            return f"the target does not say contract = {target.contracts[self.contract_level - 1]!r}"
        missing = [need for need in self.needs if getattr(target, need, None) in (None, ())]
        if missing:
            names = " and no ".join(target.title_of(need) for need in missing)
            absent = set(missing) <= set(target.without)
            return f"this system has no {names}" if absent else f"no {names} in the target"
        return ONLY_IN_A_SANDBOX if self.disruptive and target.sandbox is None else ""

    def unjudged(self, target: Target, outcome: Outcome, why: str, cause: str | None = None) -> CheckResult:
        """Return the result of a check that was not tried, with the reason *why*."""
        expected, next_step = filled(self.expected, target), filled(self.next_step, target)
        return CheckResult(self.name, outcome, why, 0.0, next_step, expected, self._where(target), cause=cause)

    def behind(self, first: Check) -> Check:
        """Return this check as one that says nothing where *first*, at the same address, is not answered at all."""
        return replace(self, after=(first.name,), reaching=(first.name,))

    def limit_s(self, target: Target) -> float:
        """Return the seconds after which a check is given up: twice a whole job, and its requests beside that."""
        if self.disruptive or self.suite is CheckSuite.SLOW:
            return LONGEST_S
        return 2 * target.deadline_s + REQUESTS * target.timeout_s

    def _try(self, context: CheckContext) -> Tried:
        """Try once; a connection that broke may be tried again."""
        try:
            seen = self._limited(context)
        except Skipped as reason:
            return Tried(Outcome.SKIPPED, Observation(f"not checked: {reason}"))
        except SILENCE as error:  # one wait is long enough
            return Tried(Outcome.FAIL, Observation(in_words(error, context.target)), answered=False)
        except BROKEN as error:
            seen = Observation(in_words(error, context.target))
            return Tried(Outcome.FAIL, seen, answered=_refused_by_name(error), again=True)
        except MEASURED as error:
            return _measured(error, in_words(error, context.target))
        except Exception as error:  # noqa: BLE001  (a mistake in the check's own code is no measurement)
            return Tried(Outcome.ERROR, Observation(in_words(error, context.target)))
        return Tried(Outcome.PASS, seen if isinstance(seen, Observation) else Observation(seen))

    def _limited(self, context: CheckContext) -> str | Observation:
        """Return what the function returns; raises CheckFailed where a store keeps a connection and never answers."""
        limit_s = self.limit_s(context.target)
        try:
            return within(lambda: self.function(context), limit_s, self.name)
        except TimeoutError as error:
            if error.args:  # the function's own
                raise
            raise CheckFailed(f"no end within {limit_s:g} s") from None

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
            remarks=tuple(map(context.target.redact, seen.remarks)),
        )

    def _judge(self, context: CheckContext, text: str, attempts: tuple[Attempt, ...]) -> tuple[Outcome, str]:
        """Return DEGRADED with its reason after a second attempt, or where the answer was slower than promised."""
        if len(attempts) > 1:
            return Outcome.DEGRADED, f"{text}, only after: {attempts[0].seen}"
        answer_s = context.answer_s if self.answer_s is None else self.answer_s
        limit_s = {Pace.ANSWER: answer_s, Pace.JOB: context.target.deadline_s / 2, Pace.ANY: None}[self.pace]
        if limit_s is not None and attempts[-1].seconds > limit_s:
            return Outcome.DEGRADED, f"{text}, slowly: {attempts[-1].seconds:.1f} s instead of {limit_s:g} s"
        return Outcome.PASS, text

    def _where(self, target: Target) -> str:
        return target.redact(self.address or str(getattr(target, self.needs[0], None) or target.name))


REGISTER: dict[str, Check] = {}
"""Every registered check by its name, none before one that it depends on."""
OF_TARGET: dict[str, Check] = {}
"""Those that the target of this run asks for beyond them, by name."""
KNOWN: Final = ChainMap(REGISTER, OF_TARGET)
"""All of which a run may have results."""


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
    despite: tuple[Check, ...] = (),
    clauses: tuple[str, ...] = (),
    disruptive: bool = False,
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
            despite=tuple(one.name for one in despite),
            clauses=clauses,
            disruptive=disruptive,
        )
        return REGISTER[name]

    return made


def _refused_by_name(error: Exception) -> bool:
    """Whether a store answered that it does not take this user, this password or this database."""
    return isinstance(error, redis.AuthenticationError) or "FATAL:" in str(error)


def _measured(error: Exception, text: str) -> Tried:
    """Return a failure, or that the check was left out where its user was refused what it asked for."""
    taken_away = isinstance(error, redis.ResponseError) and "unknown command" in text.lower()
    if isinstance(error, NOT_ALLOWED) or taken_away:
        return Tried(Outcome.SKIPPED, Observation(f"not checked: the store does not allow it ({text})"))
    return Tried(Outcome.FAIL, Observation(text, getattr(error, "figures", {})))


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
    if isinstance(error, WaitTimeout | CheckFailed | PrometheusError | AnswerTooLarge):
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
