"""Compose is found, and what it refuses is told in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.compose import program as found
from drills.compose.errors import ComposeError
from drills.compose.project import read

if TYPE_CHECKING:
    from pathlib import Path


def test_a_machine_without_compose_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "_candidates", lambda: iter(()))
    with pytest.raises(ComposeError, match="Docker Compose 2 or newer is not installed here: install"):
        found.program()


def test_the_first_compose_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "docker-compose"
    old.write_text("#!/bin/sh\necho 1.29.2\n")
    old.chmod(0o755)
    monkeypatch.setattr(found, "_candidates", lambda: iter([(str(old),)]))
    with pytest.raises(ComposeError, match="Compose 2 or newer"):
        found.program()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("services: {web: {image: a, depends_on: [db]}}", 'service "web" depends on undefined service "db"'),
        ("services: {web: {image: a, imagee: b}}", "imagee"),
        ("services: {web: {image: '${TAG:?say which}'}}", "say which"),
        ("services: {}", "no service"),
        ("{", "yaml"),
    ],
    ids=["unknown service", "unknown key", "required variable", "nothing", "no YAML"],
)
def test_a_refused_project_is_told_in_composes_own_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    with pytest.raises(ComposeError) as caught:
        read([tmp_path / "compose.yaml"])
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"there is no compose file .*none\.yaml"):
        read([tmp_path / "none.yaml"])


def test_values_of_variables_are_in_no_text_of_a_service(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: a, environment: {PASSWORD: very-secret}}}")
    assert "very-secret" not in repr(read([tmp_path / "compose.yaml"]))
