"""What the backend says while its database is down. In a sandbox only."""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from checks.health.exposed_metrics import connection_gauges, gauges
from checks.health.services import backend_health
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Pace, body, brief, check, client, expect
from drills.checks.health.containers import PROJECT, engine
from drills.common.waiting import wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from drills.checks import CheckContext

OK: Final = 200
DOWN: Final = 503
DONE: Final = (204, 304)
DATABASE: Final = "database"
READ_FROM_IT: Final = "idle in transaction"
"""The state of connections that only Postgres knows."""
PORT: Final = 5432
"""On which Postgres listens inside its container, whatever port is published."""
BACK_S: Final = 30.0


@check(
    "database down",
    suite=CheckSuite.SLOW,
    needs=("backend_url", "sandbox", "engine_url", "project", "postgres_dsn"),
    expected="503 in time, with the database as the error, and no number for what only the database knows",
    next_step="read the backend's log, and compare its health and gauges with the contract",
    level=2,
    incident=Quantity.HEALTH,
    after=(backend_health, connection_gauges),
    pace=Pace.ANY,
    disruptive=True,
    clauses=("HE-02", "ME-07"),
)
def database_down(context: CheckContext) -> str:
    """Freeze Postgres for the time of two requests; the backend's connections stay open and answer nothing."""
    with client(context.target, target_of(context).backend_url) as http:
        with _frozen(context):
            answer = http.get("/health")
            found = {state: value for state, value in gauges(context).items() if state == READ_FROM_IT}
        _back(http)
    _require_named(answer)
    if not math.isnan(found.get(READ_FROM_IT, math.nan)):
        raise CheckFailed(f"{found[READ_FROM_IT]:g} connections {READ_FROM_IT}, while nobody can know")
    return f"503 after {answer.elapsed.total_seconds():.1f} s"


def _require_named(answer: httpx.Response) -> None:
    found = body(expect(answer, DOWN))
    error = found.get("error")
    if found.get("status") != "error" or not isinstance(error, dict) or set(error) != {DATABASE}:
        raise CheckFailed(f"503 without the database as its only error: {brief(answer)}")


@contextmanager
def _frozen(context: CheckContext) -> Iterator[None]:
    """Pause the container of Postgres until the block ends."""
    with engine(context.target) as api:
        container = _container(api, context)
        try:
            expect(api.post(f"/containers/{container}/pause"), *DONE)
            yield
        finally:
            expect(api.post(f"/containers/{container}/unpause"), *DONE)


def _container(api: httpx.Client, context: CheckContext) -> str:
    filters = {"label": [f"{PROJECT}={context.target.project}"]}
    listed = expect(api.get("/containers/json", params={"filters": json.dumps(filters)}), OK).json()
    found = [one["Id"] for one in listed if PORT in {port.get("PrivatePort") for port in one.get("Ports", ())}]
    if len(found) != 1:
        raise CheckFailed(f"{len(found)} containers of {context.target.project} listen on {PORT}")
    return str(found[0])


def _back(http: httpx.Client) -> None:
    """Return when the backend has found its database again, so that no other check meets it without."""
    wait_until(
        lambda: http.get("/health").status_code,
        done=lambda status: status == OK,
        deadline_s=BACK_S,
        expected="the backend to be well again",
        where=str(http.base_url),
        next_step="read the backend's log",
    )
