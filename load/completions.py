"""Count how often each job was completed, and when it was given up, from the queue's own event stream."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from drills.common.waiting import wait_until

if TYPE_CHECKING:
    from types import TracebackType

BLOCK_MS: Final = 500  # how long one read waits; also how soon stop() is noticed
PAUSE_S: Final = 0.2  # between attempts while Redis is away
TIMEOUT_S: Final = 5.0
BATCH: Final = 500
MS_PER_S: Final = 1000.0


class CompletionWatcher:
    """Reads `bull:<queue>:events` on a thread of its own from `start()` on, through restarts and outages of Redis.

    BullMQ numbers its jobs, and the numbers begin anew after a FLUSHDB; so each number is translated, when its
    job is added, to the id that the client was given, which is in the job's data.
    """

    def __init__(self, redis_url: str, queue: str) -> None:
        self._url = redis_url
        self._prefix = f"bull:{queue}"
        self._counts: Counter[str] = Counter()
        self._failed_at: dict[str, float] = {}
        self._names: dict[str, str] = {}
        self._lock = Lock()
        self._stop = Event()
        self._listening = Event()
        self._last: str | None = None
        self._thread = Thread(target=self._watch, name="completions", daemon=True)
        self._broken: Exception | None = None
        self._reading = False
        self.outages = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, artifact: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, deadline_s: float = TIMEOUT_S) -> None:
        """Begin, and return once the position in the stream is known; raises WaitTimeout when Redis does not answer."""
        self._thread.start()
        try:
            wait_until(
                self._listening.is_set,
                deadline_s=deadline_s,
                expected="the end of the queue's event stream",
                where=f"Redis, {self._prefix}:events",
                next_step="check that redis-cli ping answers PONG",
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the thread; what was counted stays readable."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(TIMEOUT_S)

    def counts(self) -> Counter[str]:
        """Return how often each job was completed, by the id that its client was given.

        Raises RuntimeError when the thread has ended with an error: a count that stopped would look like a loss.
        """
        self._require_whole()
        with self._lock:
            return Counter(self._counts)

    def failed_at(self) -> dict[str, float]:
        """Return when (epoch seconds, Redis' clock) each job was first given up for good, by its client's id.

        Raises RuntimeError as `counts` does.
        """
        self._require_whole()
        with self._lock:
            return dict(self._failed_at)

    def _require_whole(self) -> None:
        if self._broken is not None:
            raise RuntimeError(f"expected to follow {self._prefix}:events, but it broke off: {self._broken!r}")

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                with _connect(self._url) as store:
                    self._follow(store)
            except redis.RedisError:
                self.outages += self._reading
                self._reading = False
                self._stop.wait(PAUSE_S)
            except Exception as error:  # noqa: BLE001  (whatever ends this thread has to reach the reader of the counts)
                self._broken = error
                return

    def _follow(self, store: redis.Redis) -> None:
        """Read until `stop()` or until Redis fails; the next connection goes on after the last entry read.

        Entry ids are times, so the position stays right when the stream is deleted and begins again.
        """
        stream = f"{self._prefix}:events"
        if self._last is None:
            self._last = _end_of(store, stream)
            self._listening.set()
        while not self._stop.is_set():
            answer: Any = store.xread({stream: self._last}, count=BATCH, block=BLOCK_MS)
            self._reading = True
            for _, entries in answer or ():
                for entry, fields in entries:
                    self._take(store, entry, fields)
                    self._last = entry

    def _take(self, store: redis.Redis, entry: str, fields: dict[str, str]) -> None:
        number = fields.get("jobId", "")
        if fields.get("event") == "added" or number not in self._names:
            self._names[number] = self._name_of(store, number)
        if fields.get("event") == "completed":
            with self._lock:
                self._counts[self._names[number]] += 1
        if fields.get("event") == "failed":
            with self._lock:
                self._failed_at.setdefault(self._names[number], _time_of(entry))

    def _name_of(self, store: redis.Redis, number: str) -> str:
        """Return the client's id of a queue entry, or the entry's key when its data is already gone."""
        with suppress(ValueError):
            return str(UUID(number))
        data: Any = store.hget(f"{self._prefix}:{number}", "data")
        with suppress(ValueError, TypeError, KeyError):
            return str(json.loads(data)["jobId"])
        return f"{self._prefix}:{number}"


def _connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def _time_of(entry: str) -> float:
    """Return when an entry was added: its id is made of the milliseconds then, and a number."""
    return int(entry.partition("-")[0]) / MS_PER_S


def _end_of(store: redis.Redis, stream: str) -> str:
    """Return where the stream ends now; "$" itself would skip what arrives between two reads."""
    newest: Any = store.xrevrange(stream, count=1)
    return str(newest[0][0]) if newest else "0-0"
