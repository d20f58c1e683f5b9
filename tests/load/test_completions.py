import json
from collections import Counter
from threading import Condition
from typing import Any, Self

import pytest
import redis

from drills.common.waiting import WaitTimeout, wait_until
from load import completions
from load.completions import CompletionWatcher

MS = 1000
FIRST = "00000000-0000-4000-8000-000000000001"
SECOND = "00000000-0000-4000-8000-000000000002"


class FakeRedis:
    """One stream and the hashes of its jobs; `away` makes every command fail as if the server were gone."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, dict[str, str]]] = []
        self.data: dict[str, str] = {}
        self.away = False
        self.changed = Condition()
        self.clock = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def add(self, event: str, number: str, job: str | None = None) -> None:
        with self.changed:
            if job:
                self.data[f"bull:q:{number}"] = json.dumps({"jobId": job})
            self.clock += MS
            self.entries.append((self.clock, {"event": event, "jobId": number}))
            self.changed.notify_all()

    def done(self, number: str, job: str) -> None:
        self.add("added", number, job)
        self.add("completed", number)

    def flush(self) -> None:
        self.entries.clear()
        self.data.clear()

    def _present(self) -> None:
        if self.away:
            raise redis.ConnectionError("gone")

    def xrevrange(self, _: str, count: int) -> list[Any]:
        self._present()
        return [(str(clock), fields) for clock, fields in self.entries[-count:]]

    def xread(self, streams: dict[str, str], **_: int) -> list[Any]:
        [(stream, last)] = streams.items()
        with self.changed:
            self.changed.wait_for(lambda: self._newer(last) or self.away, timeout=0.02)
            self._present()
            return [(stream, self._newer(last))]

    def hget(self, key: str, _: str) -> str | None:
        return self.data.get(key)

    def _newer(self, last: str) -> list[tuple[str, dict[str, str]]]:
        after = 0 if last == "0-0" else int(last)
        return [(str(clock), fields) for clock, fields in self.entries if clock > after]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    fake = FakeRedis()
    monkeypatch.setattr(completions, "_connect", lambda _: fake)
    return fake


def until_counted(watcher: CompletionWatcher, expected: dict[str, int]) -> None:
    wait_until(
        watcher.counts,
        done=lambda counts: counts == Counter(expected),
        deadline_s=5,
        poll_s=0.005,
        expected=str(expected),
        where="the fake",
        next_step="read the test",
    )


def test_completions_are_counted_by_the_clients_id(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("1", FIRST)
        until_counted(watcher, {FIRST: 1})


def test_what_happened_before_is_not_counted(store: FakeRedis) -> None:
    store.done("1", FIRST)
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("2", SECOND)
        until_counted(watcher, {SECOND: 1})


def test_job_added_before_and_completed_after_is_counted(store: FakeRedis) -> None:
    store.add("added", "1", FIRST)
    with CompletionWatcher("redis://x", "q") as watcher:
        store.add("completed", "1")
        until_counted(watcher, {FIRST: 1})


def test_second_completion_shows(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("1", FIRST)
        store.add("completed", "1")
        until_counted(watcher, {FIRST: 2})


def test_same_job_queued_under_two_numbers_is_a_second_completion(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("1", FIRST)
        store.done("2", FIRST)
        until_counted(watcher, {FIRST: 2})


def test_numbers_that_begin_anew_after_a_flush_are_other_jobs(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("1", FIRST)
        until_counted(watcher, {FIRST: 1})
        store.flush()
        store.done("1", SECOND)
        until_counted(watcher, {FIRST: 1, SECOND: 1})


def test_outage_is_survived_and_nothing_is_counted_twice(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.done("1", FIRST)
        until_counted(watcher, {FIRST: 1})
        store.away = True
        wait_until(lambda: watcher.outages == 1, deadline_s=5, expected="an outage", where="the fake", next_step="read")
        store.done("2", SECOND)
        store.away = False
        until_counted(watcher, {FIRST: 1, SECOND: 1})


def test_job_whose_data_is_gone_keeps_its_number(store: FakeRedis) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        store.add("completed", "7")
        until_counted(watcher, {"bull:q:7": 1})


def test_redis_that_never_answers_fails_the_start(store: FakeRedis) -> None:
    store.away = True
    with pytest.raises(WaitTimeout, match="the end of the queue's event stream"):
        CompletionWatcher("redis://x", "q").start(deadline_s=0.1)


def test_watching_that_broke_off_is_not_read_as_no_completions(
    store: FakeRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CompletionWatcher("redis://x", "q") as watcher:
        monkeypatch.setattr(store, "hget", lambda *_: 1 / 0)
        store.add("completed", "1")

        def broken() -> bool:
            try:
                watcher.counts()
            except RuntimeError:
                return True
            return False

        wait_until(broken, deadline_s=5, expected="an error", where="the fake", next_step="read")
        with pytest.raises(RuntimeError, match=r"it broke off: ZeroDivisionError"):
            watcher.counts()


def test_a_job_was_given_up_when_that_was_said_first(store: FakeRedis) -> None:
    """The time is that of the stream's entry; a job that is tried anew and fails again had failed before."""
    with CompletionWatcher("redis://x", "q") as watcher:
        store.add("added", "1", FIRST)
        store.add("failed", "1")
        store.add("failed", "1")
        store.done("2", SECOND)
        until_counted(watcher, {SECOND: 1})
        assert watcher.failed_at() == {FIRST: 2.0}
