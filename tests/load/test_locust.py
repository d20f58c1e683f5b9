"""Tests that need a real locust, which takes seconds to start, so all of them start at once."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from drills.common.waiting import wait_until
from drills.load.ledger import acknowledged, rate_rps, read
from drills.load.profile import Profile
from drills.load.sent import sent_times
from drills.load.traffic import Traffic
from load.profiles import STEADY
from tests.helpers.fake_system import FakeSystem, fake_system, whole_system
from tests.helpers.load_owner import TINY
from tests.helpers.load_processes import alive, until_gone
from tests.helpers.paths import LOCUSTFILE, PLAIN_LOCUSTFILE, ROOT
from tests.helpers.slots import slot_s

START_LIMIT_S = 90.0
OBSERVED_S = 2.5
SLOTS = 4
BIN_S = 0.1
UNKNOWN = '{"name": "unknown", "mix": [["GET /", 1], ["fly", 1]], "timeout_s": 1}'
MIX = {str(op) for op, _ in STEADY.mix}
PLAIN = Profile("plain", (("GET /", 6.0), ("GET /gone 404", 2.0), ("GET /gone", 2.0)), timeout_s=5.0)


@dataclass
class Children:
    """Processes that run beside each other; `ledger` is the one of the owner's locust."""

    remote: subprocess.Popen[str]
    no_operation: subprocess.Popen[str]
    no_ledger: subprocess.Popen[str]
    owner: subprocess.Popen[str]
    ledger: Path


@pytest.fixture(scope="module")
def door() -> Iterator[FakeSystem]:
    with fake_system(whole_system()) as served:
        yield served


@pytest.fixture(scope="module")
def children(door: FakeSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    folder = tmp_path_factory.mktemp("children")
    (folder / "no.jsonl").mkdir()
    by_hand = ("-m", "locust", "-f", "load/locustfile.py", "--headless", "--host")
    plain = ("-m", "locust", "-f", str(PLAIN_LOCUSTFILE), "--headless", "--host")
    ledger = folder / "ledger-owner.jsonl"
    with ExitStack() as stack:
        yield Children(
            remote=_child(stack, *by_hand, "http://plan.example.org"),
            no_operation=_child(stack, *plain, door.url, "--traffic-json", UNKNOWN),
            no_ledger=_child(stack, *by_hand, door.url, "--ledger", str(folder / "no.jsonl")),
            owner=_child(stack, "-m", "tests.helpers.load_owner", door.url, str(ledger), str(START_LIMIT_S)),
            ledger=ledger,
        )


def _child(stack: ExitStack, *words: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, *words], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    stack.enter_context(child)
    stack.callback(child.kill)
    return child


@pytest.fixture(scope="module")
def run(door: FakeSystem, children: Children, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let steady traffic run for a while, undisturbed by children that still start; return its ledger."""
    folder = tmp_path_factory.mktemp("run")
    traffic = Traffic(door.url, STEADY, LOCUSTFILE, folder / "ledger-a.jsonl", folder / "locust.log")
    with ExitStack() as stack:
        stack.callback(traffic.stop)
        traffic.load()
        children.remote.wait(START_LIMIT_S)
        children.no_ledger.wait(START_LIMIT_S)
        until(lambda: bool(sent_times(children.ledger)), START_LIMIT_S, "traffic of the owner")
        assert sent_times(traffic.ledger) == []  # it began to load as early as the owner's, and waits for the word
        traffic.start(START_LIMIT_S)
        until(lambda: at_intended_rate(traffic), START_LIMIT_S, "requests at the intended rate, sent and recorded")
        until(lambda: kinds(traffic.ledger) >= MIX, START_LIMIT_S, f"requests of each kind: {', '.join(MIX)}")
        traffic.check()
        assert traffic.failed_rps(OBSERVED_S) == 0
        pid = traffic.pid
    assert pid is not None
    assert not alive(pid)
    return traffic.ledger


@pytest.fixture(scope="module")
def plain_run(door: FakeSystem, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let the engine's own clients send requests for a while, after the others; return their ledger."""
    assert run.exists()
    folder = tmp_path_factory.mktemp("plain")
    with Traffic(door.url, PLAIN, PLAIN_LOCUSTFILE, folder / "ledger-a.jsonl", folder / "locust.log") as traffic:
        traffic.start(START_LIMIT_S)
        until(lambda: len(traffic.rows()) >= 2 * PLAIN.rate_rps, START_LIMIT_S, "two seconds of plain requests")
    return traffic.ledger


def kinds(ledger: Path) -> set[str]:
    return {row.op for row in read(ledger)}


def at_intended_rate(traffic: Traffic) -> bool:
    """Compare over a window that may begin after a pause of a loaded machine, for which locust makes up."""
    now = time.monotonic()
    recorded = rate_rps(traffic.rows(), now - OBSERVED_S, now)
    return (traffic.sent_rps(OBSERVED_S), recorded) == pytest.approx((STEADY.rate_rps,) * 2, rel=0.15)


def until(condition: Callable[[], bool], deadline_s: float, expected: str) -> None:
    wait_until(
        condition,
        deadline_s=deadline_s,
        expected=expected,
        where="locust",
        next_step="read locust's log beside the ledger",
    )


def test_ledger_holds_the_whole_mix(run: Path) -> None:
    assert kinds(run) == MIX


def test_every_request_was_in_order(run: Path) -> None:
    assert [row for row in read(run) if not row.ok] == []


def test_ledger_and_front_door_agree_on_the_requests(run: Path, door: FakeSystem) -> None:
    arrived = {asked.headers["x-request-id"] for asked in door.asked}
    assert {row.request for row in read(run)} <= arrived


def test_every_upload_is_a_file_of_its_own(run: Path, door: FakeSystem) -> None:
    bodies = [asked.body for asked in door.asked if asked.path == "/api/upload"]
    assert len(set(bodies)) == len(bodies) >= len(acknowledged(read(run))) > 0


def test_every_request_comes_from_an_address_of_its_own(run: Path, door: FakeSystem) -> None:
    addresses = [asked.headers["x-forwarded-for"] for asked in door.asked]
    assert run.exists()
    assert len(set(addresses)) > 0.95 * len(addresses)


def test_sent_times_are_of_this_machines_monotonic_clock(run: Path) -> None:
    assert all(0 < time.monotonic() - t < 600 for t in sent_times(run))


def test_users_spread_over_every_slot_and_not_only_the_first(children: Children) -> None:
    """Users that all send at once fill one bin of a slot; a loaded machine may delay some, so half the bins suffice."""
    until(lambda: _slots(children.ledger) > SLOTS, START_LIMIT_S, f"{SLOTS} slots of traffic")
    times = sent_times(children.ledger)
    first = times[0] + slot_s(TINY)
    later = [t - first for t in times if first <= t < first + (SLOTS - 1) * slot_s(TINY)]
    assert len({int(t / BIN_S) for t in later}) > (SLOTS - 1) * slot_s(TINY) / BIN_S / 2


def _slots(ledger: Path) -> float:
    times = sent_times(ledger)
    return (times[-1] - times[0]) / slot_s(TINY) if times else 0.0


def test_killed_owner_leaves_no_locust(children: Children) -> None:
    assert children.owner.stdout is not None
    pid = int(children.owner.stdout.readline())
    assert alive(pid)
    children.owner.kill()
    until_gone(pid)


def test_locust_by_hand_refuses_a_remote_host_in_one_sentence(children: Children) -> None:
    _, said = children.remote.communicate(timeout=START_LIMIT_S)
    assert children.remote.returncode == 2
    assert said.strip().splitlines()[-1].startswith("load is only sent to this machine")
    assert "Traceback" not in said


def test_ledger_that_cannot_be_written_is_refused_in_one_sentence(children: Children) -> None:
    _, said = children.no_ledger.communicate(timeout=START_LIMIT_S)
    assert children.no_ledger.returncode == 2
    assert re.search(r"no.jsonl: the ledger cannot be written .*Is a directory", said.strip().splitlines()[-1])
    assert "Traceback" not in said


def test_operation_that_no_client_knows_is_refused_in_one_sentence(children: Children) -> None:
    _, said = children.no_operation.communicate(timeout=START_LIMIT_S)
    assert children.no_operation.returncode == 2
    assert said.strip().splitlines()[-1].endswith("""not 'fly'""")
    assert "Traceback" not in said


def test_plain_requests_need_no_locustfile_of_a_suite(plain_run: Path) -> None:
    outcomes = {(row.op, row.status, row.ok) for row in read(plain_run)}
    assert outcomes == {("GET /", 200, True), ("GET /gone 404", 404, True), ("GET /gone", 404, False)}
    assert acknowledged(read(plain_run)) == ()
