"""Which rows of a runbook have a drill, and which of the owner's rules are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.adopt.expressions import measured
from drills.adopt.faults import Guess, guess
from drills.runbook.model import Cause, Command, Quantity
from drills.runbook.rule_files import Rule
from tests.helpers.compose_projects import adopted, copied, told_of
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from drills.adopt.suite import Adopted


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    return adopted("plain", copied("plain", tmp_path_factory.mktemp("plain")))


def test_each_row_has_a_drill_or_a_reason(plain: Adopted) -> None:
    found = {row.cause.name: (row.guess.fault.name, row.guess.role) if row.guess else row.why_not for row in plain.rows}
    assert found == {
        "Redis down": ("redis down", "cache"),
        "Redis out of memory": ("redis out of memory", "cache"),
        "Database hangs": ("container frozen", "database"),
        "Disk full": ("disk full", "database"),
        "Idle transactions": "IdleTransaction needs a table and the clients that wait, which only you can say",
        "Moon in the wrong phase": "no word of its name tells a fault of the catalogue; write one of your own",
        "Web crashed": ("container crashed", "backend"),
        "Not enough web": "no word of its name tells a fault of the catalogue; write one of your own",
        "Not enough proxies": "no word of its name tells a fault of the catalogue; write one of your own",
        "Proxy stopped": ("container crashed", "gateway"),
        "Port 8080 taken": ("port conflict", "gateway"),
    }


def test_each_reading_is_of_a_command_of_the_investigation(plain: Adopted) -> None:
    readings = {
        row.cause.name: (row.symptom.command, str(row.symptom.change)) for row in plain.rows if row.symptom is not None
    }
    assert readings == {
        "Redis down": ("docker exec redis redis-cli ping", "vanishes"),
        "Redis out of memory": ("docker exec redis redis-cli info memory", "grows"),
        "Database hangs": ("docker exec postgres pg_isready", "vanishes"),
        "Disk full": ("df -h", "appears"),
        "Web crashed": ("docker compose ps -a", "appears"),
        "Proxy stopped": ("docker ps", "vanishes"),
        "Port 8080 taken": ("docker ps", "vanishes"),
    }


def test_expressions_are_those_of_the_owners_rules_in_the_unit_of_the_runbook(plain: Adopted) -> None:
    text = plain.texts["stack.toml"]
    errors = 'sum(rate(http_requests_total{status=~"5.."}[$window])) / sum(rate(http_requests_total[$window]))'
    assert f"error_rate = '''\n{errors}\n'''" in text
    assert "by (le) (rate(http_seconds_bucket[$window]))) * 1000) / 1000" in text.replace("by (le)(", "by (le) (")
    assert "health = 'up{job=\"web\"}'" in text
    page = plain.texts["ADOPTED.md"]
    assert "| AnswersSlow | SlowAnswers | the same words in another order or spelling: a guess |" in page
    assert "| ErrorsHigh | ErrorsHigh | the same name |" in page


def test_what_the_runbook_says_and_the_project_has_not_is_told(plain: Adopted) -> None:
    page = plain.texts["ADOPTED.md"]
    assert "names the container mysql, which the project does not have" in page
    assert (
        "**`docker compose up -d --scale proxy=4`**: line 59 of the runbook cannot work: container_name: proxy" in page
    )
    assert "`docker-compose` in 0 commands, `docker compose` in 8" in page
    assert 'line = "docker compose restart {service}"' in plain.texts["stack.toml"]


def test_a_rule_with_another_limit_or_without_one_is_not_taken_for_certain() -> None:
    rules = {
        "HighErrorRate": Rule("sum(rate(e[5m])) / sum(rate(a[5m])) > 0.5", 300.0),
        "ServiceDown": Rule("absent(up)", 300.0),
    }
    found = measured(OWN_RUNBOOK, rules, metrics=True)
    told = {note.what: (note.part.value, note.why) for note in found.notes}
    part, why = told["what `error_rate` measures"]
    assert (part, "one of the two is wrong" in why) == ("Guessed", True)
    # Of the rule that compares nothing, no expression is made; all that is scraped is the guess instead.
    assert found.expressions[Quantity.HEALTH] == "min(up)"
    assert Quantity.QUEUE_DEPTH not in found.expressions


@pytest.mark.parametrize(
    ("name", "solution", "fault", "role"),
    [
        ("Postgres is unreachable", "docker start postgres", "container crashed", "database"),
        ("cache unresponsive", "docker restart redis", "container frozen", "cache"),
        ("Container crashed", "docker-compose restart web", "container crashed", "backend"),
        ("Nginx not running", "docker start proxy", "container crashed", "gateway"),
        ("Web out of memory", "docker compose up -d web", "memory limit too low", "backend"),
    ],
)
def test_faults_are_told_by_the_words_of_a_cause(name: str, solution: str, fault: str, role: str) -> None:
    cause = Cause("1.1", name, solution, (Command(1, solution),), (1, 1), (), 1)
    found = guess(cause, Quantity.ERROR_RATE, told_of("plain"))
    assert isinstance(found, Guess), found
    assert (found.fault.name, found.role) == (fault, role)


@pytest.mark.parametrize(
    ("project", "name", "commands", "why"),
    [
        ("plain", "Web crashed", 0, "its row has no command line"),
        ("pretix", "Database down", 1, "the container of db is called pretix-postgres"),
        ("netbox", "Redis out of memory", 1, "Redis asks for a password or has no port"),
        ("plain", "Proxy out of memory", 1, "the memory limit of proxy is no setting of .env"),
    ],
)
def test_a_fault_that_would_not_work_is_not_guessed(project: str, name: str, commands: int, why: str) -> None:
    cause = Cause("1.1", name, "", (Command(1, "sleep 1"),) * commands, (1, 1), (), 1)
    found = guess(cause, Quantity.ERROR_RATE, told_of(project))
    assert isinstance(found, str)
    assert found.startswith(why)
