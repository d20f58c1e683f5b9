import json
import os
import signal
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from drills.common.waiting import wait_until
from drills.load.ledger import Row
from drills.load.permission import RemoteRefusedError
from drills.load.sent import sent_times
from drills.load.traffic import Counts, Traffic, TrafficError
from load.profiles import STEADY
from tests.helpers.load_processes import alive, until_gone
from tests.helpers.paths import LOCUSTFILE

SLOW_S = 2.0
DOOR = "http://127.0.0.1:9"
REFUSED = Row(t=1, at=1, client="u1", request="r", op="front", method="GET", route="/", status=None, ok=False, ms=1)


def recording(row: Row) -> str:
    line = json.dumps(asdict(row)) + "\n"
    return f"open(sys.argv[1], 'a').write({line!r})"


BEGIN = """
import os, signal, sys
with open(os.path.dirname(sys.argv[1]) + "/pid", "w") as file:
    file.write(str(os.getpid()))
"""
ANSWERED, UNANSWERED = recording(replace(REFUSED, ok=True, status=200)), recording(REFUSED)
STAY = "sys.stdin.read()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
FAIL = "print('the last words', flush=True); sys.exit(2)"


class StandIn(Traffic):
    """Traffic with a small child in place of locust, which takes seconds to start."""

    def __init__(self, folder: Path, *script: str) -> None:
        super().__init__(DOOR, STEADY, LOCUSTFILE, folder / "ledger-a.jsonl", folder / "locust.log", SLOW_S)
        self._script = "\n".join((BEGIN, *script))

    def _command(self) -> list[str]:
        return [sys.executable, "-c", self._script, str(self.ledger)]


def test_remote_host_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(RemoteRefusedError, match=r"plan.example.org is another one"):
        Traffic("http://plan.example.org", STEADY, LOCUSTFILE, tmp_path / "ledger-a.jsonl", tmp_path / "locust.log")
    assert list(tmp_path.iterdir()) == []


def test_start_returns_with_the_first_acknowledged_request_and_stop_ends_the_child(tmp_path: Path) -> None:
    with StandIn(tmp_path, ANSWERED, STAY) as traffic:
        traffic.start()
        traffic.check()
        assert [row.ok for row in traffic.rows()] == [True]
        pid = traffic.pid
        assert pid is not None
    assert traffic.pid is None
    assert not alive(pid)


def test_traffic_without_one_acknowledged_request_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    traffic = StandIn(tmp_path, UNANSWERED, STAY)
    with pytest.raises(TrafficError, match="expected a first acknowledged request"):
        traffic.start(deadline_s=0.5)
    assert [row.ok for row in traffic.rows()] == [False]
    assert traffic.pid is None
    assert not alive(int((tmp_path / "pid").read_text()))


def test_child_that_died_is_reported_with_its_log(tmp_path: Path) -> None:
    with StandIn(tmp_path, ANSWERED, "print('the last words', flush=True)", STAY) as traffic:
        traffic.start()
        wait_until(
            lambda: "words" in traffic.log.read_text(),
            deadline_s=10,
            expected="words",
            where="the log",
            next_step="run the stand-in by hand",
        )
        pid = traffic.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until_gone(pid)
        with pytest.raises(TrafficError, match=r"exit code -9 on its own(?s:.)*the last words"):
            traffic.check()


def test_child_that_cannot_start_is_reported_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(TrafficError, match=r"exit code 2(?s:.)*the last words"):
        StandIn(tmp_path, FAIL).start()


def test_child_that_ignores_the_request_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.load.traffic.STOP_DEADLINE_S", 0.1)
    with StandIn(tmp_path, STUBBORN, ANSWERED, STAY) as traffic:
        traffic.start()
        pid = traffic.pid
        assert pid is not None
    assert not alive(pid)


def test_check_before_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrafficError, match=r"is not running; call start\(\)"):
        StandIn(tmp_path).check()


def test_achieved_rate_counts_what_was_sent_and_not_what_was_answered(tmp_path: Path) -> None:
    now = time.monotonic()
    ages_s = (0.5, 1.0, 1.5, 200.0)
    (tmp_path / "ledger-a.sent").write_text("".join(f"{now - age:.3f}\n" for age in ages_s) + "12")
    assert StandIn(tmp_path).sent_rps(100.0) == 3 / 100


def test_nothing_sent_yet_is_no_rate(tmp_path: Path) -> None:
    assert sent_times(tmp_path / "ledger-a.jsonl") == []


def test_counts_are_of_what_was_sent_failed_and_was_slow(tmp_path: Path) -> None:
    """A request that is still open was sent; it neither failed nor was slow."""
    (tmp_path / "ledger-a.sent").write_text("1.0\n2.0\n3.0\n4.0\n")
    slow, just = replace(REFUSED, ok=True, ms=2001), replace(REFUSED, ok=True, ms=2000)
    (tmp_path / "ledger-a.jsonl").write_text("".join(json.dumps(asdict(row)) + "\n" for row in (REFUSED, slow, just)))
    traffic = StandIn(tmp_path)
    assert traffic.counts() == traffic.counts() == Counts(sent=4, failed=1, slow=1)
    traffic.slow_s = None
    assert traffic.counts() == Counts(sent=4, failed=1, slow=None)


@pytest.mark.parametrize("slow", [3, None])
def test_counts_since_others_are_what_was_added(slow: int | None) -> None:
    before = Counts(10, 2, None)
    assert Counts(14, 2, slow).since(before) == Counts(4, 0, slow)
    assert Counts(14, 2, slow).since(Counts(14, 2, slow)) == Counts(0, 0, None if slow is None else 0)
