"""Checks remove what they left in a real system, also after a kill, and nothing else."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from checks import schedules
from checks.cleanup import kinds
from checks.cleanup.own import CLEANUP
from checks.cleanup.queue_entries import Entry, take_out
from drills.checks.artifacts import Artifact, Kind, new_tag
from drills.checks.cleanup.cleanup import FOLDER, OLD_S
from drills.checks.reporting.metrics_text import exposition
from drills.checks.result import Outcome
from drills.checks.stores import connect_redis
from drills.common.waiting import wait_until
from drills.drill.sandbox_pool import SandboxPool
from drills.drill.system import System
from tests.helpers.check_results import check_result, result
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.sandbox
LATER_S = 2 * OLD_S


@pytest.fixture(scope="module")
def system(sandbox_pool: SandboxPool) -> System:
    return sandbox_pool.system()


@pytest.fixture
def idle(system: System) -> Iterator[System]:
    """Yield the system with its workers stopped, so that no worker takes a job."""
    system.stack.sandbox.check_output("docker-compose stop pdf-worker")
    yield system
    system.stack.sandbox.check_output("docker-compose start pdf-worker")


def held(system: System) -> dict[str, int]:
    """Count what a run might leave."""
    with connect_redis(system.target) as store:
        keys = [str(key) for key in store.scan_iter("*", count=1000)]
    found = [re.sub(r"\d+$", "N", key) for key in keys if re.search(r"bull:[^:]+:\d+$|^synthetic:|^sess:", key)]
    return {
        "rows": system.count_rows("SELECT count(*) FROM jobs"),
        "tables": system.count_rows("SELECT count(*) FROM pg_class WHERE relname LIKE 'synthetic%%'"),
        "keys": len(found),
    }


def upload(system: System, module: str) -> Artifact:
    files = {"file": (f"{module}.pdf", schedules.lecture_pdf(module), "application/pdf")}
    answer = httpx.post(f"{system.target.front_url}/api/upload", files=files, headers={"X-Forwarded-For": "198.18.3.4"})
    return Artifact(kinds.JOB, str(answer.json()["jobId"]), time.time())


def completed(system: System, module: str) -> Artifact:
    artifact = upload(system, module)
    wait_until(
        lambda: system.count_rows("SELECT count(*) FROM jobs WHERE id = %s AND status = 'completed'", artifact.name),
        deadline_s=30,
        expected="the job to be completed",
        where="the sandbox",
        next_step="read the worker's log",
    )
    return artifact


def target_file(system: System, folder: Path) -> Path:
    target = system.target
    # Nobody signs in: a run that is killed before the answer knows no session, and the session ends by itself.
    fields = ("front_url", "backend_url", "postgres_dsn", "redis_url", "queue", "contract")
    path = folder / "sandboxed.toml"
    path.write_text("".join(f'{name} = "{getattr(target, name)}"\n' for name in fields))
    return path


def command(system: System, folder: Path) -> list[str]:
    target = str(target_file(system, folder))
    chosen = "schedule or write or journey"
    return [sys.executable, "-m", "pytest", "checks", "--target", target, "--output", str(folder / "out"), "-k", chosen]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_run_is_cleaned_up_by_the_next_one(system: System, tmp_path: Path, number: signal.Signals) -> None:
    before = held(system)
    running = subprocess.Popen(command(system, tmp_path), cwd=ROOT, stdout=subprocess.DEVNULL)
    notes = tmp_path / "out" / FOLDER
    wait_until(
        lambda: any('"job"' in path.read_text() for path in notes.glob("*.jsonl")),
        deadline_s=60,
        poll_s=0.02,
        expected="a job to be noted",
        where=str(notes),
        next_step="run the checks by hand",
    )
    running.send_signal(number)
    running.wait()
    done = subprocess.run(command(system, tmp_path), cwd=ROOT, capture_output=True, text=True, check=False)
    assert held(system) == before, done.stdout
    assert ("from a run that was killed: removed again" in done.stdout) is (number is signal.SIGKILL), done.stdout


def test_job_that_no_worker_takes_is_removed(idle: System) -> None:
    before = held(idle)
    artifact = upload(idle, new_tag())
    assert held(idle) != before
    assert CLEANUP.remove(idle.target, [artifact]).removed == {kinds.JOB: 1}
    assert held(idle) == before


def test_job_that_a_worker_is_parsing_stays(idle: System) -> None:
    artifact = upload(idle, new_tag())
    waiting, active = (f"bull:{idle.target.queue}:{name}" for name in ("wait", "active"))
    with connect_redis(idle.target) as store:
        store.rpoplpush(waiting, active)
        assert take_out(store, str(idle.target.queue), [artifact.name], artifact.at_s) == {artifact.name: Entry.ACTIVE}
        report = CLEANUP.remove(idle.target, [artifact])
        store.rpoplpush(active, waiting)
    assert (report.left, report.stays) == ([artifact], ["1 job stays: a worker has not ended it yet"])
    assert CLEANUP.remove(idle.target, [artifact]).removed == {kinds.JOB: 1}


def test_forgotten_job_is_found_by_its_tag_and_no_other(system: System) -> None:
    ours, students = completed(system, new_tag()), completed(system, "COS110")
    sql = "UPDATE jobs SET \"createdAt\" = now() - interval '2 hours' WHERE id = ANY(%s::uuid[])"
    assert CLEANUP.forgotten(system.target) == []
    execute(system, sql, [ours.name, students.name])
    found = [one.name for one in CLEANUP.forgotten(system.target, time.time() + LATER_S)]
    assert (ours.name in found, students.name in found) == (True, False)
    CLEANUP.remove(system.target, [ours, students])


def test_key_and_table_are_found_by_the_time_in_their_names(system: System) -> None:
    tag = new_tag()
    execute(system, f"CREATE TABLE synthetic_{tag.lower()} (x int)")
    with connect_redis(system.target) as store:
        store.set(f"synthetic:{tag}", "x")
    assert CLEANUP.forgotten(system.target) == []
    found = CLEANUP.forgotten(system.target, time.time() + LATER_S)
    assert {one.kind for one in found} == {Kind.TABLE, Kind.KEY}
    assert CLEANUP.remove(system.target, found).removed == {Kind.TABLE: 1, Kind.KEY: 1}


def test_promtool_accepts_our_metrics(system: System) -> None:
    run = result(
        check_result("front page", figures={"certificate_seconds": 5.0, "days": 1.0}),
        check_result("redis", Outcome.FAIL, 'odd "text"\\ here'),
        check_result("sign-in", Outcome.BLOCKED, cause="redis"),
    )
    system.stack.sandbox.put({"promtool/metrics.prom": exposition(run).encode()}, "/tmp")
    said = system.stack.sandbox.check_output(
        "docker run --rm -i --network none --entrypoint promtool schedgen/prometheus:1 check metrics "
        "< /tmp/promtool/metrics.prom"
    )
    assert said.strip() == ""


def execute(system: System, sql: str, *values: object) -> None:
    assert system.target.postgres_dsn
    with psycopg.connect(system.target.postgres_dsn, autocommit=True) as connection:
        connection.execute(sql, values or None)
