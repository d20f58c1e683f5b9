"""A descriptor leaves out what its compose project tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.compose import program
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.sandbox.stack import Stack
from tests.helpers.compose_projects import copied
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str) -> descriptor.Descriptor:
    (folder / "stack.toml").write_text(text)
    return descriptor.read(folder / "stack.toml")


def test_the_smallest_descriptor_names_its_files_and_no_more(tmp_path: Path) -> None:
    about = read(copied("unleash", tmp_path), 'files = ["docker-compose.yml"]\n')
    assert (about.name, about.project) == ("unleash", "unleash")
    assert about.roles == {"gateway": "web", "database": "db"}
    assert about.ports == {"gateway": 4242}
    assert about.scalable == ("db", "web")
    assert about.restart_line("gateway") == "docker-compose restart web"
    assert about.quantities == frozenset()


def test_a_part_without_a_port_is_left_out_and_a_run_that_asks_for_it_is_told(tmp_path: Path) -> None:
    about = read(copied("unleash", tmp_path), 'files = ["docker-compose.yml"]\n')
    assert about.database_table is None
    with pytest.raises(SandboxError, match=r"the table \[database\] is missing, and this run asks for it"):
        _ = about.database


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("", "does not measure health"),
        ("expressions.health = 'min(up)'\n", "has no file of rules for its Prometheus"),
        ("expressions.health = 'min(up)'\nrules = 'r.yml'\n", None),
        ("expressions.health = 'min(up)'\nrules = 'r.yml'\noffers.faults = []\n", "cannot host the fault 'crash'"),
    ],
)
def test_what_is_left_out_leaves_out_the_drills_that_need_it_with_the_reason(
    tmp_path: Path, keys: str, why: str | None
) -> None:
    about = read(copied("unleash", tmp_path), f'files = ["docker-compose.yml"]\n{keys}')
    found = about.lacks(quantity="health", fault="crash")
    assert found is None if why is None else why in (found or "")


def test_a_key_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = copied("plain", tmp_path)
    keys = 'files = ["compose.yaml"]\nsettings = "settings.env"\nproject = "mine"\nroles.gateway = "web"\n'
    about = read(folder, f'{keys}ports = {{gateway = 8080}}\nenvironment.MORE = "1"\n')
    assert (about.project, about.roles, about.ports) == ("mine", {"gateway": "web"}, {"gateway": 8080})
    assert about.health == {"gateway": "/healthz"}
    assert about.environment == {"MORE": "1"}
    assert about.secrets == ("DB_PASSWORD", "SESSION_SECRET")


def test_a_password_that_stands_in_the_files_is_used_and_is_no_secret_of_the_sandbox(tmp_path: Path) -> None:
    folder = copied("unleash", tmp_path)
    (folder / "more.yaml").write_text("services: {db: {ports: ['5432:5432']}}\n")
    keys = 'files = ["docker-compose.yml", "more.yaml"]\nenvironment.COMPOSE_FILE = "docker-compose.yml:more.yaml"\n'
    about = read(folder, keys)
    assert about.database.password == "POSTGRES_PASSWORD"

    class Reached(Stack):
        def __init__(self) -> None:
            self.descriptor, self._passwords = about, {}

        def port(self, role: str) -> int:
            return about.ports[role]

    assert Reached().postgres_dsn == "postgresql://postgres:unleash-in-the-open@127.0.0.1:5432/db"
    assert Reached().secrets == ()


def test_files_may_lie_elsewhere(tmp_path: Path) -> None:
    folder = copied("unleash", tmp_path)
    (folder / "drills").mkdir()
    about = read(folder / "drills", 'root = ".."\nfiles = ["docker-compose.yml"]\n')
    assert about.folder.resolve() == folder


def test_compose_is_not_asked_where_nothing_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_candidates", lambda: iter(()))
    assert descriptor.read(described(tmp_path)).name == "small"
    with pytest.raises(
        SandboxError, match=r"'project': left out, and Compose does not tell: Docker Compose 2 or newer"
    ):
        descriptor.read(described(tmp_path, ('project = "small"\n', "")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('files = ["web.yaml"]', "`files` has none of compose.yaml"),
        ('files = ["compose.yaml"]', "there is no compose file"),
        ('files = ["docker-compose.yml"]\nsettings = "no.env"', "there is no 'no.env' in"),
        ('root = "nowhere"\nfiles = ["docker-compose.yml"]', "there is no compose file"),
    ],
)
def test_a_project_that_compose_cannot_read_is_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(SandboxError, match="left out, and Compose does not tell: ") as caught:
        read(copied("unleash", tmp_path), f"{text}\n")
    assert why in str(caught.value)
