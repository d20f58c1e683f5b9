import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.waiting import wait_until
from load.ledger import acknowledged, between, read
from load.profiles import STEADY
from load.remote import RemoteRefusedError
from load.traffic import ROOT, Traffic, TrafficError, sent_times
from tests.fake_site import Site, site, whole_site

OWNER = """
import sys, time
from pathlib import Path
from load.profiles import STEADY
from load.traffic import Traffic
folder = Path(sys.argv[2])
traffic = Traffic(sys.argv[1], STEADY, folder / "ledger-a.jsonl", folder / "locust.log")
traffic.start()
print(traffic.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def door() -> Iterator[Site]:
    with site(whole_site()) as served:
        yield served


def traffic_to(url: str, folder: Path) -> Traffic:
    return Traffic(url, STEADY, folder / "ledger-a.jsonl", folder / "locust.log")


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until_gone(pid: int) -> None:
    wait_until(lambda: not alive(pid), deadline_s=10, expected="locust to be gone", where=f"pid {pid}", next_step="ps")


@pytest.fixture(scope="module")
def run(door: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let steady traffic run for some seconds; return its ledger."""
    folder = tmp_path_factory.mktemp("run")
    with traffic_to(door.url, folder) as traffic:
        began = time.monotonic()
        wait_until(
            lambda: time.monotonic() - began > 4,
            deadline_s=10,
            expected="four seconds of traffic",
            where=door.url,
            next_step="the log",
        )
        traffic.check()
        assert traffic.sent_rps(2) == pytest.approx(STEADY.rate_rps, rel=0.15)
        assert traffic.failed_rps(2) == 0
        pid = traffic.pid
    assert pid is not None
    assert not alive(pid)
    return traffic.ledger


def test_achieved_rate_is_the_intended_one(run: Path) -> None:
    last = max(row.t for row in read(run)) - 0.5
    rows = between(read(run), last - 3, last)
    assert len(rows) / 3 == pytest.approx(STEADY.rate_rps, rel=0.15)


def test_ledger_holds_the_whole_mix(run: Path) -> None:
    assert set(Counter(row.op for row in read(run))) == {"upload", "job", "result", "metrics", "front", "whoami", "ics"}


def test_every_request_was_in_order(run: Path) -> None:
    assert [row for row in read(run) if not row.ok] == []


def test_ledger_and_front_door_agree_on_the_requests(run: Path, door: Site) -> None:
    arrived = {asked.headers["x-request-id"] for asked in door.asked}
    assert {row.request for row in read(run)} <= arrived


def test_every_upload_is_a_file_of_its_own(run: Path, door: Site) -> None:
    bodies = [asked.body for asked in door.asked if asked.path == "/api/upload"]
    assert len(set(bodies)) == len(bodies) >= len(acknowledged(read(run))) > 0


def test_every_request_comes_from_an_address_of_its_own(run: Path, door: Site) -> None:
    addresses = [asked.headers["x-forwarded-for"] for asked in door.asked]
    assert run.exists()
    assert len(set(addresses)) > 0.95 * len(addresses)


def test_sent_times_are_of_this_machines_monotonic_clock(run: Path) -> None:
    assert all(0 < time.monotonic() - t < 600 for t in sent_times(run))


def test_remote_host_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(RemoteRefusedError, match=r"plan.example.org is another one"):
        traffic_to("http://plan.example.org", tmp_path)


def test_nobody_at_the_door_is_an_error_and_leaves_no_locust(tmp_path: Path) -> None:
    traffic = traffic_to("http://127.0.0.1:9", tmp_path)
    with pytest.raises(TrafficError, match="expected a first acknowledged request"):
        traffic.start(deadline_s=6)
    assert traffic.pid is None


def test_dead_locust_is_reported_with_its_log(door: Site, tmp_path: Path) -> None:
    with traffic_to(door.url, tmp_path) as traffic:
        pid = traffic.pid
        assert pid is not None
        (tmp_path / "locust.log").write_text("the last words\n")
        os.kill(pid, signal.SIGKILL)
        until_gone(pid)
        with pytest.raises(TrafficError, match=r"exit code -9 on its own(?s:.)*the last words"):
            traffic.check()


def test_locust_that_cannot_start_is_reported_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "ledger-a.sent").mkdir()
    with pytest.raises(TrafficError, match=r"exit code 2(?s:.)*the ledger cannot be written.*Is a directory"):
        traffic_to("http://127.0.0.1:9", tmp_path).start()


def test_check_before_start_is_an_error(door: Site, tmp_path: Path) -> None:
    with pytest.raises(TrafficError, match=r"is not running; call start\(\)"):
        traffic_to(door.url, tmp_path).check()


def test_killed_owner_leaves_no_locust(door: Site, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, door.url, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert alive(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until_gone(pid)


def test_locust_by_hand_refuses_a_remote_host_in_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "locust", "-f", "load/locustfile.py", "--headless", "--host", "http://plan.example.org"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("load is only sent to this machine")
    assert "Traceback" not in done.stderr
