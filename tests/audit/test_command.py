"""`drills audit`: what it writes, what it prints, and what it ends with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from drills.audit import running
from drills.commands import audit
from drills.commands.audit import main
from drills.settings import settings
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPOSE = "services:\n  web: {image: 'shop:1', restart: always, mem_limit: 1g, healthcheck: {test: [CMD, ok]}}\n"


@pytest.fixture(autouse=True)
def settings_are_read_anew() -> Iterator[None]:
    """The settings are those of the working folder, which these tests change."""
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, without settings of a suite, in which there is a compose file."""
    (tmp_path / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / "out" / "audit.json").read_text(encoding="utf-8"))
    return held


def test_clean_project_ends_with_0_and_says_what_was_not_looked_at(project: Path) -> None:
    assert main(["--compose", "compose.yaml", "--output", "out"]) == 0
    held = told(project)
    assert list(held) == ["schema", "findings", "not_run"]
    assert (held["schema"], held["findings"]) == (1, [])
    assert {one["audit"] for one in held["not_run"]} == running.AUDITS.keys() - {"compose"}
    assert all(one.keys() == {"audit", "reason"} for one in held["not_run"])


def test_finding_ends_with_1_and_is_on_the_page(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "compose.yaml").write_text(COMPOSE.replace("restart: always, ", ""), encoding="utf-8")
    assert main(["--compose", "compose.yaml", "--output", "out"]) == 1
    (finding,) = told(project)["findings"]
    assert finding.keys() == {"id", "audit", "severity", "title", "evidence", "proposal"}
    assert finding["id"] == "compose/restart/web"
    page = (project / "out" / "audit.md").read_text(encoding="utf-8")
    assert "## MEDIUM: web is not restarted when it ends" in page
    assert "`compose/restart/web`" in page
    assert "compose/restart/web" in capsys.readouterr().out


@pytest.mark.parametrize(("until", "ends"), [("2126-01-01", 0), ("2026-01-01", 1)])
def test_waiver_excuses_until_its_day(project: Path, until: str, ends: int) -> None:
    (project / "compose.yaml").write_text(COMPOSE.replace("restart: always, ", ""), encoding="utf-8")
    waiver = f'[[waiver]]\nfinding = "compose/restart/web"\nreason = "it is a trial"\nuntil = {until}\n'
    (project / "waivers.toml").write_text(waiver, encoding="utf-8")
    assert main(["--compose", "compose.yaml", "--waivers", "waivers.toml", "--output", "out"]) == ends


def test_nothing_to_audit_ends_with_5(project: Path) -> None:
    assert main(["--output", "out"]) == 5
    assert told(project)["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--compose", "none.yaml"], "none.yaml"),
        (["--rules", "none.yml"], "none.yml"),
        (["--runbook", "none.md"], "none.md"),
        (["--metrics", "none.prom"], "none.prom"),
        (["--dashboards", "none"], "none"),
        (["--scripts", "none"], "none"),
        (["--prometheus", "compose.yaml.no"], "compose.yaml.no"),
        (["--alertmanager", "compose.yaml"], "no route"),
        (["--waivers", "none.toml"], "none.toml"),
        (["--target", "http://127.0.0.1:9"], "cannot be asked"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_2(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main([*arguments, "--output", "out"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("drills audit: ")
    assert words in said
    assert said.count("\n") == 1
    assert not (project / "out").exists()


@pytest.mark.usefixtures("project")
def test_a_mistake_of_an_audit_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(audit, "audited", fails)
    assert main(["--output", "out"]) == 7
    assert "an audit itself failed: ZeroDivisionError: of ours" in capsys.readouterr().err


def test_the_reference_stack_is_clean_by_the_settings_of_its_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert main(["--output", str(tmp_path)]) == 0, capsys.readouterr().out
