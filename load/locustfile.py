"""Students, for locust: `locust -f load/locustfile.py --host http://127.0.0.1:3000 --traffic steady`.

The profile decides how many users there are; each user sends one request per slot, and a slot is as long as a
client waits for an answer, so slow answers do not slow the load down. `--ledger FILE` records every request.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from uuid import uuid4

import gevent  # type: ignore[import-untyped]  # locust brings it, without stubs
from gevent import os as gevent_os
from locust import LoadTestShape, User, events, task
from locust.exception import StopUser

# The locust command does not put the project's folder on the path, as `python -m` and pytest do.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from drills.common.client_addresses import random_address
from drills.common.network import RemoteRefusedError, require_allowed
from drills.load.client import Answer, exchange
from drills.load.ledger import Row, Writer
from drills.load.pacing import due_times
from drills.load.profile import operations
from load.profiles import PROFILES, STEADY, Content, Op, contents
from load.sign_in_flow import Students, student_asks
from load.student_requests import Ask, Memory, ask_for

if TYPE_CHECKING:
    from argparse import Namespace

    from locust.argument_parser import LocustArgumentParser
    from locust.env import Environment

BAD_INPUT: Final = 2
RAMP_S: Final = 1.0  # seconds in which all users are made; they then take turns over one slot


def _profile() -> Any:
    """Return the profile named on the command line; the class bodies below need it before locust parsed it."""
    words = [word for argument in sys.argv for word in argument.split("=", 1)]
    named = words[words.index("--traffic") + 1] if "--traffic" in words[:-1] else STEADY.name
    return PROFILES.get(named, STEADY)


PROFILE: Final = _profile()


class Population:
    """What all users of one process share: whose turn it is, what is known of jobs, and the ledger."""

    turn: Final = itertools.count()
    began_s: float = 0.0
    ops: Final = operations(PROFILE)
    contents: Final = contents(PROFILE)
    memory: Final = Memory()
    students: Final = Students()
    ledger: Writer | None = None
    sent: int | None = None


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def options(parser: LocustArgumentParser) -> None:
    """Add this project's options to locust's."""
    parser.add_argument("--traffic", choices=sorted(PROFILES), default=STEADY.name, help="named profile")
    parser.add_argument("--ledger", default="", help="file to append one JSON object a request to")
    parser.add_argument("--allow-remote", default="", metavar="HOST", help="the other machine that agreed")
    parser.add_argument("--led-by-stdin", action="store_true", help="begin with its first byte, end when it is closed")


@events.init.add_listener  # type: ignore[untyped-decorator]
def prepare(environment: Environment, **_: Any) -> None:
    """Refuse a remote host before anything is sent, open the ledger, watch the parent."""
    chosen = environment.parsed_options
    assert chosen is not None
    # Only SystemExit gets past locust's listeners; it logs any other exception and goes on without the ledger.
    try:
        if environment.host:
            require_allowed(environment.host, chosen.allow_remote)
        _record(chosen)
    except RemoteRefusedError as refusal:
        _refuse(str(refusal))
    except OSError as error:
        _refuse(f"{chosen.ledger}: the ledger cannot be written ({error}); choose another file with --ledger.")
    if chosen.led_by_stdin:
        _await_word()


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def begin(**_: Any) -> None:
    """Count the slots from here on; on locust's page traffic can be started more than once."""
    Population.began_s = time.monotonic()


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)  # noqa: T201  (a command-line program's answer)
    sys.exit(BAD_INPUT)


def _record(chosen: Namespace) -> None:
    if not chosen.ledger:
        return
    Population.ledger = Writer(Path(chosen.ledger))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    Population.sent = os.open(Path(chosen.ledger).with_suffix(".sent"), flags, 0o644)


def _await_word() -> None:
    """Return when the parent says so; it does when whatever it prepares meanwhile is ready."""
    gevent_os.make_nonblocking(0)
    if not gevent_os.nb_read(0, 1):
        _leave()
    gevent.spawn(_end_with_parent)


def _end_with_parent() -> None:
    """Leave at once when the pipe closes: a killed parent cannot stop its child in any other way."""
    while gevent_os.nb_read(0, 1):
        pass
    _leave()


def _leave() -> NoReturn:
    os._exit(1)


class Shape(LoadTestShape):
    """The profile's number of users, for as long as locust runs."""

    use_common_options = False

    def tick(self) -> tuple[int, float]:
        """Return users and users made per second."""
        return PROFILE.users, PROFILE.users / RAMP_S


class Student(User):
    """One place in the queue of requests; every request comes from a new student at an address of their own."""

    def on_start(self) -> None:
        """Refuse a host that was typed into locust's page later, then wait for this user's turn in the slot."""
        chosen = self.environment.parsed_options
        try:
            require_allowed(self.environment.host or self.host, chosen.allow_remote if chosen else None)
        except RemoteRefusedError as refusal:
            raise StopUser(str(refusal)) from refusal
        turn = next(Population.turn)
        self.name = f"u{turn}"
        self.due_s = due_times(PROFILE, turn, Population.began_s)
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """Return the seconds until this user asks next; 0 when the last answer took longer than a slot."""
        return max(0.0, next(self.due_s) - time.monotonic())

    @task
    def act(self) -> None:
        """Do what the profile has next."""
        op = Op(next(Population.ops))
        content = next(Population.contents) if op is Op.UPLOAD else Content.GOOD
        asked = student_asks(op, Population.students)
        self._send(asked or ask_for(op, Population.memory, content))

    def _send(self, ask: Ask) -> None:
        request = str(uuid4())
        if Population.sent is not None:
            os.write(Population.sent, f"{time.monotonic():.3f}\n".encode())
        ask, answer, error = self._walk(ask, {"X-Request-ID": request, "X-Forwarded-For": random_address()})
        job = ask.job if error else Population.memory.learn(ask, answer)
        self._report(ask, answer, error)
        if Population.ledger:
            Population.ledger.write(_row(self.name, request, ask, answer, error, job))

    def _walk(self, ask: Ask, headers: dict[str, str]) -> tuple[Ask, Answer, str | None]:
        """Ask, and go on where good answers lead: the outcome is that of the last answer, its time that of them all."""
        base = self.environment.host or self.host or ""
        ms = 0.0
        while True:
            answer = exchange(base, ask.method, ask.path, headers | ask.headers, ask.body, PROFILE.timeout_s)
            ms += answer.ms
            error = answer.error or ask.judge(answer)
            following = ask.then(answer) if ask.then and not error else None
            if following is None:
                return ask, replace(answer, ms=ms), error
            ask = following

    def _report(self, ask: Ask, answer: Answer, error: str | None) -> None:
        self.environment.events.request.fire(
            request_type=ask.method,
            name=ask.route,
            response_time=answer.ms,
            response_length=len(answer.body),
            exception=RuntimeError(error) if error else None,
            context={},
        )


def _row(  # noqa: PLR0913, PLR0917  (a row is made of all of these)
    client: str, request: str, ask: Ask, answer: Answer, error: str | None, job: str | None
) -> Row:
    return Row(
        t=round(time.monotonic(), 3),
        at=round(time.time(), 3),
        client=client,
        request=request,
        op=ask.op,
        method=ask.method,
        route=ask.route,
        status=answer.status,
        ok=error is None,
        ms=round(answer.ms, 1),
        error=error,
        job=job,
        kind=ask.kind,
        poison=ask.content is Content.POISON,
    )
