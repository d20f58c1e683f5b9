"""Users for locust that send a profile's requests at its rate, however slow the answers are, and record each of them.

The profile decides how many users there are; each sends one request per slot, and a slot is as long as a client waits
for an answer, so slow answers do not slow the load down. A locustfile says with `behave` what its clients send, and has
`Client` and `ProfileShape` among its names, where locust looks for them. Only locust's own process imports this module.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeVar
from uuid import uuid4

import gevent  # type: ignore[import-untyped]  # locust brings it, without stubs
from locust import LoadTestShape, User, events, task
from locust.exception import StopUser

from drills.common.client_addresses import random_address
from drills.common.draws import DRAWS
from drills.load.client import Answer, exchange
from drills.load.ledger import Promise, Row, Writer
from drills.load.pacing import due_times
from drills.load.parent import await_word
from drills.load.permission import RemoteRefusedError, require_allowed
from drills.load.profile import Profile, from_json, operations
from drills.load.sent import Sent

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping

    from locust.argument_parser import LocustArgumentParser
    from locust.env import Environment

    from drills.load.request import Request

P = TypeVar("P", bound=Profile)

BAD_INPUT: Final = 2
RAMP_S: Final = 1.0  # seconds in which all users are made; they then take turns over one slot


class Behaviour(Protocol):
    """The requests of one system's clients, and what they remember of its answers; all users of a process share one."""

    def request(self, operation: str) -> Request:
        """Return the next request for one of the profile's operations."""

    def learn(self, request: Request, answer: Answer) -> Promise | None:
        """Remember an answer that was in order; return what the system acknowledged with it."""


class Load:
    """What all users of this process share."""

    turn: Final = itertools.count()
    began_s: float
    profile: Profile
    operations: Iterator[str]
    behaviour: Behaviour
    ledger: Writer | None = None
    sent: Sent | None = None


def behave(make: Callable[[P], Behaviour], kind: type[P], profiles: Mapping[str, P]) -> None:
    """Give locust the clients that *make* returns for a profile of *kind*; `--traffic` names one of *profiles*.

    Without a choice it is the first of them. *make* raises ValueError for a profile whose operations it does not know.
    """

    @events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
    def options(parser: LocustArgumentParser) -> None:
        add = parser.add_argument
        add("--traffic", choices=list(profiles), default=next(iter(profiles)), help="named profile")
        add("--traffic-json", default="", metavar="JSON", help="a profile of one's own: name, mix, timeout_s")
        add("--ledger", default="", metavar="FILE", help="file to append one JSON object a request to")
        add("--draws", default="", metavar="TEXT", help="make the same random draws whenever this text is given")
        add("--allow-remote", default="", metavar="HOST", help="another machine to which load may go")
        add(
            "--led-by-stdin",
            action="store_true",
            help="begin with the first byte on standard input, end when it closes",
        )

    @events.init.add_listener  # type: ignore[untyped-decorator]
    def prepare(environment: Environment, **_: Any) -> None:
        chosen = environment.parsed_options
        assert chosen is not None
        DRAWS.seed(chosen.draws or None)
        # Only SystemExit gets past locust's listeners; it logs any other exception and goes on without the ledger.
        try:
            if environment.host:
                require_allowed(environment.host, chosen.allow_remote)
            profile = from_json(kind, chosen.traffic_json) if chosen.traffic_json else profiles[chosen.traffic]
            Load.profile, Load.operations, Load.behaviour = profile, operations(profile), make(profile)
            _record(chosen)
        except OSError as error:
            _refuse(f"{chosen.ledger}: the ledger cannot be written ({error}); choose another file with --ledger.")
        except ValueError as error:
            _refuse(str(error))
        if chosen.led_by_stdin:
            await_word()


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def begin(**_: Any) -> None:
    """Count the slots from here on; on locust's page traffic can be started more than once."""
    Load.began_s = time.monotonic()


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)  # noqa: T201  (a command-line program's answer)
    sys.exit(BAD_INPUT)


def _record(chosen: Namespace) -> None:
    if chosen.ledger:
        Load.ledger, Load.sent = Writer(Path(chosen.ledger)), Sent(Path(chosen.ledger))


class ProfileShape(LoadTestShape):
    """The profile's number of users, for as long as locust runs."""

    use_common_options = False

    def tick(self) -> tuple[int, float]:
        """Return users and users made per second."""
        return Load.profile.users, Load.profile.users / RAMP_S


class Client(User):
    """One user of locust; each of its requests comes from a client at an address of its own."""

    def on_start(self) -> None:
        """Refuse a remote host that was typed into locust's page, then wait for this user's turn in the slot."""
        chosen = self.environment.parsed_options
        try:
            require_allowed(self.environment.host or self.host, chosen.allow_remote if chosen else None)
        except RemoteRefusedError as refusal:
            raise StopUser(str(refusal)) from refusal
        turn = next(Load.turn)
        self.name = f"u{turn}"
        self.due_s = due_times(Load.profile, turn, Load.began_s)
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """Return the seconds until this user sends next; 0 when the last answer took longer than a slot."""
        return max(0.0, next(self.due_s) - time.monotonic())

    @task
    def act(self) -> None:
        """Send the request that the profile has next, and record its outcome."""
        request, number = Load.behaviour.request(next(Load.operations)), str(uuid4())
        if Load.sent:
            Load.sent.note()
        request, answer, error = self._walk(request, {"X-Request-ID": number, "X-Forwarded-For": random_address()})
        promise = None if error else Load.behaviour.learn(request, answer)
        self._report(request, answer, error)
        if Load.ledger:
            Load.ledger.write(_row(self.name, number, request, answer, error, promise))

    def _walk(self, request: Request, headers: dict[str, str]) -> tuple[Request, Answer, str | None]:
        """Send the request and those that follow good answers; return the last answer, with the time of all."""
        base = self.environment.host or self.host or ""
        ms = 0.0
        while True:
            sent = headers | dict(request.headers)
            answer = exchange(base, request.method, request.path, sent, request.body, Load.profile.timeout_s)
            ms += answer.ms
            error = answer.error or request.judge(answer)
            following = request.then(answer) if request.then and not error else None
            if following is None:
                return request, replace(answer, ms=ms), error
            request = following

    def _report(self, request: Request, answer: Answer, error: str | None) -> None:
        self.environment.events.request.fire(
            request_type=request.method,
            name=request.route,
            response_time=answer.ms,
            response_length=len(answer.body),
            exception=RuntimeError(error) if error else None,
            context={},
        )


def _row(  # noqa: PLR0913, PLR0917  (a row is made of all of these)
    client: str, number: str, request: Request, answer: Answer, error: str | None, promise: Promise | None
) -> Row:
    return Row(
        t=round(time.monotonic(), 3),
        at=round(time.time(), 3),
        client=client,
        request=number,
        op=request.op,
        method=request.method,
        route=request.route,
        status=answer.status,
        ok=error is None,
        ms=round(answer.ms, 1),
        error=error,
        acknowledged=promise.id if promise else None,
        deserves=promise.deserves if promise else None,
    )
