"""What is written for projects in the style of well-known systems."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from drills.adopt import manifest
from drills.checks import Target
from drills.checks.target_file import from_toml
from drills.sandbox import descriptor
from tests.helpers.compose_projects import FILES, UNTIL, adopted, copied

if TYPE_CHECKING:
    from pathlib import Path

VALUES = (
    "in-a-file-of-",
    "changePassword",
    "changeEncryptionKey",
    "in-the-open",
    "in-the-environment",
    "in-a-secret-of-compose",
    "of-the-owner-",
    "of-the-forum-alone",
)
"""Secrets that stand in the files of the projects."""


@pytest.mark.parametrize("name", FILES)
def test_the_suite_can_be_read_and_holds_no_secret(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied(name, tmp_path)
    suite = adopted(name, folder)
    manifest.write(folder / "drills", suite.texts, manifest.Manifest({}, UNTIL))
    about = descriptor.read(folder / "drills" / "stack.toml")
    assert about.folder.resolve() == folder
    assert "gateway" in about.ports
    assert about.internet
    assert {file for file in about.files if not (folder / file).exists()} == set()
    for text in suite.texts.values():
        assert [value for value in VALUES if value in text] == []
    for variable in ("DB_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        monkeypatch.setenv(variable, "x")
    assert from_toml(folder / "drills" / "targets.toml", "local", Target).project == about.project


def test_a_port_of_one_address_is_published_in_the_sandbox_alone(tmp_path: Path) -> None:
    suite = adopted("pretix", copied("pretix", tmp_path))
    assert '  app:\n    ports: !override\n      - "8345:80"\n' in suite.texts["published.yaml"]
    assert suite.told.keys["ports"] == {"gateway": 8345, "database": 5432, "cache": 6379}
    environment = tomllib.loads(suite.texts["stack.toml"])["environment"]
    assert environment == {"COMPOSE_FILE": "compose.yaml:drills/published.yaml"}
    targets = tomllib.loads(suite.texts["targets.toml"])["local"]
    assert targets["front_url"] == "http://127.0.0.1:8345"
    assert "redis_url" not in targets


def test_a_suite_outside_of_the_project_publishes_nothing_and_says_so(tmp_path: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from drills.adopt.suite import adopt  # noqa: PLC0415
    from tests.helpers.compose_projects import wish_of  # noqa: PLC0415

    folder = copied("unleash", tmp_path)
    suite = adopt(replace(wish_of("unleash", folder), into=tmp_path / "elsewhere"), UNTIL)
    assert "published.yaml" not in suite.texts
    assert "the suite is not below unleash" in suite.texts["ADOPTED.md"]
    assert tomllib.loads(suite.texts["stack.toml"])["root"] == "../unleash"


def test_data_of_a_store_and_what_lies_elsewhere_are_left_out_with_the_reason(tmp_path: Path) -> None:
    suite = adopted("pretix", copied("pretix", tmp_path))
    assert tomllib.loads(suite.texts["stack.toml"])["files"] == ["compose.yaml", "pretix.cfg", "drills/published.yaml"]
    page = suite.texts["ADOPTED.md"]
    assert "- **data/postgres (mounted into db)**: it holds data of the store" in page
    assert "- **/var/pretix-data (mounted into app)**: it lies outside of pretix" in page
    assert "- **what the database holds**: no variable of its service holds the password" in page


def test_a_password_of_redis_and_a_foreign_store_are_told(tmp_path: Path) -> None:
    assert (
        "- **what Redis holds**: it asks for a password"
        in adopted("netbox", copied("netbox", tmp_path)).texts["ADOPTED.md"]
    )
    page = adopted("profiles", copied("profiles", tmp_path)).texts["ADOPTED.md"]
    assert "- **what mysql holds**: the engine has no client for MySQL" in page
    assert "- **celery**: it is only in the profile jobs; choose that with --profile." in page
    assert "- **every alert**: the project has no Prometheus" in page
    assert "- **the settings**: there is no .env, so .env.sample stands in for it." in page


def test_a_build_of_the_whole_project_takes_neither_the_suite_nor_what_tools_keep(tmp_path: Path) -> None:
    folder = copied("built", tmp_path)
    (folder / "compose.yml").write_text("services: {app: {build: ., ports: ['80:80']}}\n")
    for name in (".git", "node_modules", "drills", "src"):
        (folder / name).mkdir()
    files = tomllib.loads(adopted("built", folder).texts["stack.toml"])["files"]
    assert files == ["compose.yml", "api", "edge", "postgres", "src"]


def test_a_one_shot_that_nothing_waits_for_is_asked_about(tmp_path: Path) -> None:
    folder = copied("plain", tmp_path)
    file = folder / "compose.yaml"
    file.write_text(file.read_text().replace("      migrate: {condition: service_completed_successfully}\n", ""))
    page = adopted("plain", folder).texts["ADOPTED.md"]
    assert "- **migrate ends by itself**: its command says 'migrate'." in page
    assert "- **the end of migrate**: a sandbox boots with `up --wait`, which fails over it" in page
