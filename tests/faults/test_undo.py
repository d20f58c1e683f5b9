"""The lines that undo a fault are known before it, and take services, database and user from the descriptor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.faults.configuration.configuration_error import ConfigurationError
from tests.helpers.fault_modules import SCENARIOS
from tests.helpers.quiet_system import RENAMED, QuietSandbox, quiet_system

if TYPE_CHECKING:
    from drills import Scenario, System

PSQL = "docker exec -e PGAPPNAME=psql a-database psql -U owner -d app -qtc"


def undo(cause: str, system: System) -> tuple[str, ...]:
    return SCENARIOS[cause].fault().undo(system)


@pytest.mark.parametrize(
    ("cause", "lines"),
    [
        ("2.1", ("docker-compose ps -aq a-worker | xargs -r docker rm -f",)),
        ("2.2", (f'{PSQL} "DROP INDEX IF EXISTS jobs_status_created"', "docker-compose rm -sf a-database")),
        ("2.3", ("docker kill --signal CONT a-cache", "docker-compose restart a-cache")),
        ("3.5", ("docker-compose restart a-cache",)),
        ("5.2", ("docker-compose stop a-backend",)),
        (
            "5.3",
            (f"{PSQL} \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'report'\"",),
        ),
        ("6.1", ()),
        ("6.6", ("git checkout -- compose.yaml",)),
        ("7.3", ("rm -f .env.previous",)),
    ],
)
def test_undo_names_what_the_descriptor_names(cause: str, lines: tuple[str, ...]) -> None:
    assert undo(cause, quiet_system(RENAMED)) == lines


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_undo_is_known_before_anything_is_done(scenario: Scenario) -> None:
    sandbox = QuietSandbox()
    fault, system = scenario.fault(), quiet_system(sandbox=sandbox)
    assert fault.undo(system) == fault.undo(system)
    assert sandbox.lines == []


def test_a_project_that_is_no_git_checkout_restores_its_file_in_its_own_way() -> None:
    sandbox = QuietSandbox()
    fault = ConfigurationError("backend", "LIMIT", "many", file="shop.yaml", restore="cp shop.kept shop.yaml")
    system = quiet_system(RENAMED, sandbox=sandbox)
    assert fault.undo(system) == ("cp shop.kept shop.yaml",)
    fault.inject(system)
    assert "shop.yaml" in sandbox.lines[0]
    assert "compose.yaml" not in sandbox.lines[0]
