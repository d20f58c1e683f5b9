"""Everything that the documentation names exists: links, paths, make targets, commands, options, markers, codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from drills import cli, runbook
from drills.checks import Target
from drills.checks.target_file import from_toml
from drills.commands.history import WORSE
from drills.common.endpoint import Endpoint
from drills.drill.phases.evidence import AFTER_S, BEFORE_S
from drills.plugin.check_outcomes import ExitCode
from drills.plugin.options import ARMS, TIME_SCALE
from drills.record import incident_alert
from drills.record.evidence_strength import CHANCE
from drills.record.placebo_watch import AT_LEAST_S, TIMES_AS_LONG
from drills.record.signal_quality import BLIND_S, ENOUGH_TRAFFIC
from drills.record.verdicts import Verdict
from drills.sandbox import descriptor
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)")
PICTURE = re.compile(r'<img src="([^"]+)"')
PATH = re.compile(r"`((?:src|docs|tests|checks|scenarios|load|stack|runbook|reports|examples)/[\w./-]*)`")
MADE_BY_RUNS = ("reports/output",)
EXAMPLES = {"scenarios/test_incident_N.py", "scenarios/test_shop.py"}
OPTIONS = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
REPORTS = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
IN_WORDS = {3.0: "three", 5.0: "five"}
OWN_SYSTEM = (ROOT / "docs" / "your-own-system.md").read_text(encoding="utf-8")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower())) for heading in headings}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    text = page.read_text(encoding="utf-8")
    for file, anchor in [*LINK.findall(text), *((source, "") for source in PICTURE.findall(text))]:
        linked = (page.parent / file).resolve() if file else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(file + anchor)
    assert broken == []


@each_page
def test_paths_are_there(page: Path) -> None:
    named = {path for path in PATH.findall(page.read_text(encoding="utf-8")) if not path.startswith(MADE_BY_RUNS)}
    assert sorted(path for path in named - EXAMPLES if not (ROOT / path).exists()) == []


@each_page
def test_make_targets_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


@each_page
def test_commands_of_drills_are_there(page: Path) -> None:
    named = set(re.findall(r"(?:`|^    )drills ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - cli.COMMANDS.keys() == set()


def helped(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with suppress(SystemExit):  # argparse ends so after its help
        cli.main([*words, "--help"])
    return capsys.readouterr().out


def commands_by_help(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, ...], set[str]]:
    """Return the options of each command and subcommand, as their help says."""
    found: dict[tuple[str, ...], set[str]] = {}
    waiting: list[tuple[str, ...]] = [(name,) for name in cli.COMMANDS]
    while waiting:
        words = waiting.pop()
        shown = helped(capsys, *words)
        parts = re.search(r"^usage: .*\[-h\]\s+\{?([\w,|-]+)\}? \.\.\.", shown)
        if parts:
            waiting += [(*words, part) for part in re.split(r"[,|]", parts[1])]
        else:
            found[words] = set(re.findall(r"^  (--[\w-]+)", shown, re.MULTILINE)) - {"--help"}
    return found


def test_commands_and_their_options_are_those_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    told = {}
    for row in re.findall(r"^\| `drills (.+?)` \|", OPTIONS, re.MULTILINE):
        names = re.match(r"[a-z][a-z-]*(?: [a-z][a-z-]*)*", row)
        assert names
        told[tuple(names[0].split())] = set(re.findall(r"--[\w-]+", row))
    assert told == commands_by_help(capsys)


def test_targets_of_make_are_told() -> None:
    targets = set(re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    chapter = OPTIONS[OPTIONS.index("## Targets of make") : OPTIONS.index("## Exit codes")]
    rows = "".join(re.findall(r"^\| (`make.*?) \| ", chapter, re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`", rows)) == targets - {"help"}
    assert "`make`" in rows


def test_options_are_those_of_the_plugin(request: pytest.FixtureRequest) -> None:
    group = request.config._parser.getgroup("drills")  # noqa: SLF001 - pytest tells its options nowhere else
    ours = {name for option in group.options for name in option.names()}
    assert set(re.findall(r"^\| `(--[\w-]+)", OPTIONS, re.MULTILINE)) == ours
    assert "`--arm " + r"\|".join(ARMS) + "`" in OPTIONS
    assert f"| {TIME_SCALE:g} |" in OPTIONS


def test_markers_are_those_of_the_plugin(request: pytest.FixtureRequest) -> None:
    known = {re.split(r"[:(]", line)[0] for line in request.config.getini("markers")}
    named = set(re.findall(r"^\| `(\w+)(?:\([^`]*)?` \| ", OPTIONS[: OPTIONS.index("## Settings")], re.MULTILINE))
    assert named
    assert named <= known


def test_exit_codes_of_checks_are_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", OPTIONS, re.MULTILINE)}
    assert told == {*map(int, pytest.ExitCode), *map(int, ExitCode), WORSE}


def test_verdicts_are_told() -> None:
    told = REPORTS[REPORTS.index("## Verdicts") : REPORTS.index("### Why a recovery")]
    assert re.findall(r"^\| ([A-Z_ ]+) \|", told, re.MULTILINE) == list(Verdict)


@pytest.mark.parametrize(
    "told",
    [
        f"in the last {BLIND_S:g} s before the fault",
        f"below {ENOUGH_TRAFFIC:.0%} of its rate".replace("%", " %"),
        f"more than 1 in {1 / CHANCE:,.0f}",
        f"{IN_WORDS[TIMES_AS_LONG]} times as long as the solution took to recover, for {AT_LEAST_S:g} s at least",
        f"less than {IN_WORDS[incident_alert.TIMES_AS_LONG]} times that pause",
        f"up to {BEFORE_S:g} s before the first command, and {AFTER_S:g} s after the recovery",
    ],
)
def test_numbers_of_the_rules_are_those_of_the_judge(told: str) -> None:
    assert told in " ".join(REPORTS.split())


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```+{language}\n(.*?)^```+\n\n", OWN_SYSTEM, re.MULTILINE | re.DOTALL)


@pytest.fixture
def own_system(tmp_path: Path) -> Path:
    """The folder that the page describes."""
    _, settings, stack = blocks("toml")  # the first is a target to check
    (document,) = re.findall(r"^````markdown\n(.*?)^````\n", OWN_SYSTEM, re.MULTILINE | re.DOTALL)
    _, module = blocks("python")
    (tmp_path / "scenarios").mkdir()
    for name, text in (
        ("pyproject.toml", settings),
        ("stack.toml", stack),
        ("runbook.md", document),
        ("compose.yaml", ""),
        ("prometheus.yml", ""),
        ("scenarios/test_shop.py", module),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("compose.yaml", "prometheus.yml"):  # the page names these files and does not show them
        (tmp_path / name).touch()
    return tmp_path


def test_own_runbook_and_descriptor_are_read(own_system: Path) -> None:
    document, about = runbook.load(own_system / "runbook.md"), descriptor.read(own_system / "stack.toml")
    (incident,) = document.incidents
    assert [cause.id for cause in incident.causes] == ["1.1"]
    assert incident.alert.quantity.value in about.quantities


def test_own_target_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.toml").write_text(blocks("toml")[0], encoding="utf-8")
    monkeypatch.setenv("SEARCH_TOKEN", "any")
    target = from_toml(tmp_path / "shop.toml", None, Target)
    assert [one.title for one in target.endpoints] == ["GET /health", "the search answers"]
    assert target.openapi == str(tmp_path / "openapi.yaml")


def test_keys_of_an_endpoint_are_told() -> None:
    table = OWN_SYSTEM.partition("### Endpoints of any system")[2].partition("**OpenAPI.**")[0]
    told = {key for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert told == {field.alias or name for name, field in Endpoint.model_fields.items()}


def test_own_drill_is_collected(own_system: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "scenarios", "--cause", "1.1"]
    done = subprocess.run(command, cwd=own_system, env=environment, capture_output=True, text=True, check=False)
    assert "scenarios/test_shop.py::test_cache_hangs" in done.stdout, done.stdout + done.stderr
