"""What the backend says without its database is looked at, and the database comes back whatever is found."""

from typing import Any

import pytest

from checks.health.database_down import database_down
from drills.checks import CheckResult, Outcome
from tests.helpers.checking import context, everywhere, require
from tests.helpers.fake_system import HEALTHY, Answer, Asked, Reply, fake_system

SICK = {"status": "error", "info": {}, "error": {"database": {"status": "down"}}, "details": {}}
CONTAINERS = [{"Id": "db", "Ports": [{"PrivatePort": 5432}]}, {"Id": "web", "Ports": [{"PrivatePort": 80}]}]
GAUGE = 'database_connections{{state="idle in transaction"}} {}\n'


class System:
    """A backend and the engine of its containers; tests spoil one of the answers that it gives while frozen."""

    def __init__(self, sick: Reply = (503, SICK), counted: str = "NaN", listed: Any = None) -> None:
        self.frozen = False
        self.sick = sick
        self.counted = counted
        self.listed = CONTAINERS if listed is None else listed
        self.orders: list[str] = []

    def answers(self) -> dict[str, Answer]:
        return {
            "GET /containers/json": lambda _: (200, self.listed),
            "POST /containers/*": self.ordered,
            "GET /health": lambda _: self.sick if self.frozen else (200, HEALTHY),
            "GET /metrics": lambda _: (200, GAUGE.format(self.counted if self.frozen else 0).encode()),
        }

    def ordered(self, asked: Asked) -> Reply:
        self.orders.append(asked.path)
        self.frozen = asked.path.endswith("/pause")
        return 204, b""


def look(system: System) -> CheckResult:
    with fake_system(system.answers()) as served:
        engine = served.url.replace("http", "tcp", 1)
        parts = {"sandbox": engine, "engine_url": engine, "project": "p", "postgres_dsn": "postgresql://h/x"}
        return database_down(context(everywhere(served.url).changed(**parts)))


def test_backend_that_names_its_database_is_in_order() -> None:
    system = System()
    require(look(system), "")
    assert system.orders == ["/containers/db/pause", "/containers/db/unpause"]


@pytest.mark.parametrize(
    ("system", "seen"),
    [
        (System(sick=(200, HEALTHY)), "GET /health -> 200"),
        (System(sick=(503, SICK | {"error": {}})), "without the database as its only error"),
        (System(sick=(503, SICK | {"error": {"database": {}, "redis": {}}})), "without the database as its only error"),
        (System(sick=(503, SICK | {"status": "ok"})), "without the database as its only error"),
        (System(counted="3"), "3 connections idle in transaction, while nobody can know"),
        (System(listed=CONTAINERS[1:]), "0 containers of p listen on 5432"),
    ],
    ids=["well", "nameless", "more", "status", "counted", "gone"],
)
def test_what_is_not_said_is_seen_and_the_database_comes_back(system: System, seen: str) -> None:
    require(look(system), seen)
    assert not system.frozen


def test_it_is_refused_outside_of_a_sandbox() -> None:
    with fake_system(System().answers()) as served:
        parts = {"engine_url": served.url, "project": "p", "postgres_dsn": "postgresql://h/x"}
        assert database_down(context(everywhere(served.url).changed(**parts))).outcome is Outcome.SKIPPED
    assert not served.asked
