"""The quota is tried with rows that wait for made-up addresses, and nothing stays of them."""

import json
from typing import Any

import psycopg
import pytest

from checks.schedules import MIB
from checks.smoke.quota import quota, result_of_a_waiting_job
from drills.checks import CheckResult
from tests.helpers.checking import context, require, target_at
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system

JOB = "00000000-0000-4000-8000-000000000001"


class Table:
    """The rows of jobs that wait, as the check writes and removes them."""

    def __init__(self, error: psycopg.Error | None = None) -> None:
        self.rows: dict[str, tuple[str, int]] = {}
        self.error = error

    def execute(self, query: str, values: tuple[Any, ...]) -> None:
        if self.error is not None:
            raise self.error
        if "INSERT" in query:
            job, _, owner, size = values
            self.rows[job] = owner, size
        else:
            self.rows.pop(values[0])

    def close(self) -> None:
        """A connection of its own closes."""


def look(
    monkeypatch: pytest.MonkeyPatch, table: Table, most: int = 100 * MIB, contract: str | None = None
) -> CheckResult:
    def upload(asked: Asked) -> Reply:
        waiting = sum(size for owner, size in table.rows.values() if owner == asked.headers["x-forwarded-for"])
        full = waiting + len(asked.body) > most
        return (413, {"message": "full"}) if full else (201, {"jobId": JOB, "pdfType": "test"})

    monkeypatch.setattr("checks.smoke.quota.connect_postgres", lambda _: table)
    answers: dict[str, Answer] = {
        "POST /api/upload": upload,
        "GET /api/jobs/*": (200, {"id": JOB, "status": "completed"}),
    }
    with fake_system(answers) as served:
        about = {"postgres_dsn": "postgresql://h/x", "forwarded_for_believed": True, "contract": contract}
        return quota(context(target_at(served.url, **about)))


def test_quota_that_is_kept_is_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table()
    require(look(monkeypatch, table), "")
    assert table.rows == {}


@pytest.mark.parametrize(("most", "seen"), [(200 * MIB, "-> 201"), (50 * MIB, "POST /api/upload -> 413")])
def test_another_quota_is_seen(monkeypatch: pytest.MonkeyPatch, most: int, seen: str) -> None:
    table = Table()
    require(look(monkeypatch, table, most), seen)
    assert table.rows == {}


def test_system_that_counts_in_another_way_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    check_result = look(monkeypatch, Table(psycopg.errors.UndefinedColumn("no sizeBytes")))
    assert "counts waiting files in another way" in check_result.seen


def test_system_by_the_letter_has_the_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(psycopg.errors.UndefinedColumn("no sizeBytes"))
    require(look(monkeypatch, table, contract="reference"), "no sizeBytes")


@pytest.mark.parametrize(
    ("job", "result", "seen"),
    [
        ({"status": "pending", "completedAt": None}, (400, {"message": "job {} is pending"}), ""),
        ({"status": "completed"}, (400, {"message": "no"}), "a job that waits is told as"),
        ({"status": "pending"}, (200, {"events": []}), "/result -> 200"),
        ({"status": "pending"}, (400, {"message": "no"}), "in its message"),
    ],
    ids=["sound", "completed", "result", "unnamed"],
)
def test_job_that_waits_has_no_result(
    monkeypatch: pytest.MonkeyPatch, job: dict[str, Any], result: Reply, seen: str
) -> None:
    table = Table()
    monkeypatch.setattr("checks.smoke.quota.connect_postgres", lambda _: table)

    def told(asked: Asked) -> Reply:
        status, about = result
        waiting = "".join(table.rows)
        return (
            (200, dict(job))
            if asked.path.endswith(waiting)
            else (status, json.loads(json.dumps(about).replace("{}", waiting)))
        )

    with fake_system({"GET /api/jobs/*": told}) as served:
        target = target_at(served.url, postgres_dsn="postgresql://h/x", contract="reference")
        require(result_of_a_waiting_job(context(target)), seen)
    assert table.rows == {}
