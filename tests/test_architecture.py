"""The arrows of docs/architecture.md hold, and the engine knows no system.

What the engine may not name is read from where this system is described: the descriptor, the settings of its stack, and
its contract. A word that is a technology's own name is allowed, for the reason beside it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import grimp
import pytest

from tests.helpers.paths import DESCRIPTOR, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = ROOT / "src" / "drills"
CONTRACT = ROOT / "docs" / "contract.md"
CONTRACTS = tuple(
    contract["id"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
)
TECHNOLOGIES = {
    "postgres": "the engine checks and breaks any Postgres",
    "redis": "the engine checks and breaks any Redis",
    "minio": "the S3 client that the engine uses is MinIO's",
    "prometheus": "alerts and metrics come from any Prometheus",
    "alertmanager": "alerts go to any Alertmanager",
}
TERMS = {
    "client backend": "what Postgres calls a session",
}
COMMON_ROUTES = {
    "/health": "a convention of services everywhere",
    "/metrics": "Prometheus' own convention",
    "/minio/health/live": "MinIO's own route",
}
OWN_SETTINGS = {
    "POSTGRES_PASSWORD": "the variable of Postgres' own image",
    "MINIO_ROOT_USER": "the variable of MinIO's own image",
    "MINIO_ROOT_PASSWORD": "the variable of MinIO's own image",
    "BIND_ADDRESS": "the sandbox sets it for any compose project, so that published ports can be reached",
}
FEWER_THAN = {("drills.checks", "checks"): 43, ("drills.drill",): 26}
"""Half of the arrows that these packages had inside while engine and suite were one: 86 and 52."""
LOCKED = {"package-lock.json": "names of foreign packages"}
CONTAINER_COMMAND = (
    r"docker(?:-compose| compose)? (?:exec|logs|restart|stop|start|kill|inspect|stats|cp|up)\b[^\n`]*?[\s'\"]"
)


class Name(NamedTuple):
    """Something of this system, and how it is found in a line."""

    kind: str
    name: str
    pattern: re.Pattern[str]


def _word(kind: str, name: str) -> Name:
    return Name(kind, name, re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w-])"))


def _anywhere(kind: str, name: str) -> Name:
    return Name(kind, name, re.compile(re.escape(name), re.IGNORECASE))


def _names() -> Iterator[Name]:
    about = tomllib.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    services = {service for service in about["roles"].values() if isinstance(service, str)}
    for service in sorted(services):
        if service in TECHNOLOGIES:
            yield Name("container", service, re.compile(CONTAINER_COMMAND + re.escape(service) + r"(?![\w-])"))
        else:
            yield _word("service", service)
    yield _anywhere("project", about["project"])
    yield _anywhere("database", about["database"]["name"])
    yield _anywhere("user", about["database"]["user"])
    yield _anywhere("bucket", about["objects"]["bucket"])
    yield _anywhere("queue", about["queue"]["name"])
    settings = (DESCRIPTOR.parent / about["settings"]).read_text(encoding="utf-8")
    for setting in sorted({*about["secrets"], *about["windows"], *re.findall(r"^([A-Z]\w+)=", settings, re.MULTILINE)}):
        if setting not in OWN_SETTINGS:
            yield _word("setting", setting)
    contract = CONTRACT.read_text(encoding="utf-8")
    for route in sorted(set(re.findall(r"`(?:GET|POST) (/[\w/-]+)", contract)) - COMMON_ROUTES.keys()):
        yield Name("route", route, re.compile(rf"(?<![\w.]){re.escape(route)}(?![\w-])"))
    for table in re.findall(r"^\| table `(\w+)`", contract, re.MULTILINE):
        yield Name("table", table, re.compile(rf"\b(?:FROM|INTO|UPDATE|JOIN|TABLE|TRUNCATE) \"?{table}\b"))


NAMES = tuple(dict.fromkeys(_names()))
ROLES = tuple(tomllib.loads(DESCRIPTOR.read_text(encoding="utf-8"))["roles"])
"""The engine's own words. Some services are called like their role, so a role in quotes is no service's name."""


def violations(file: Path) -> list[str]:
    """Return what *file* says of this system, comments and docstrings included."""
    text = file.read_text(encoding="utf-8")
    for term in (*TERMS, *(f'"{role}"' for role in ROLES)):
        text = text.replace(term, "…")
    return [
        f"{file.name}:{number}: {name.kind} {name.name}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        for name in NAMES
        if name.pattern.search(line)
    ]


def _files() -> list[Path]:
    found = [path for path in ENGINE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted(path for path in found if path.name not in LOCKED)


@pytest.fixture(scope="module")
def arrows() -> str:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_arrows_run_one_way(arrows: str) -> None:
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in arrows, arrows


def _arrows_inside(package: str) -> set[tuple[str, str]]:
    """Return which children of *package* import which, all modules of a child taken together, tests left out."""
    graph = grimp.build_graph(package.split(".", maxsplit=1)[0], cache_dir=None)
    children = {module: module.removeprefix(package).split(".")[1] for module in graph.find_descendants(package)}
    inside = {package: ""} | {module: child for module, child in children.items() if not child.startswith("test_")}
    imports = {(module, other) for module in inside for other in graph.find_modules_directly_imported_by(module)}
    arrows = {(inside[module], inside[other]) for module, other in imports if other in inside}
    return {(child, other) for child, other in arrows if child != other}


@pytest.mark.parametrize(("packages", "fewer_than"), FEWER_THAN.items(), ids=map(" ".join, FEWER_THAN))
def test_children_of_a_package_seldom_import_each_other(packages: tuple[str, ...], fewer_than: int) -> None:
    arrows = [arrow for package in packages for arrow in sorted(_arrows_inside(package))]
    assert 0 < len(arrows) < fewer_than, arrows


def test_no_test_module_imports_another() -> None:
    imports = re.compile(r"^\s*(?:from|import) tests(?:[\w.]*\.| import .*\b)test_\w+", re.MULTILINE)
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    assert [str(path) for path, text in texts.items() if imports.search(text)] == []


@pytest.mark.parametrize("file", _files(), ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_engine_knows_no_system(file: Path) -> None:
    assert violations(file) == []


def test_all_kinds_of_names_are_looked_for() -> None:
    kinds = {"service", "container", "project", "database", "user", "bucket", "queue", "setting", "route", "table"}
    assert {name.kind for name in NAMES} == kinds


@pytest.mark.parametrize(
    "line",
    [
        "restart the frontend",
        "read the backend's log",
        "docker logs backend",
        'run("docker exec redis redis-cli FLUSHALL")',
        "docker-compose up -d --no-deps redis postgres",
        'PROJECT_DIR = "/srv/schedgen"',
        "bull:pdf-processing:wait",
        "SELECT count(*) FROM jobs",
        'client.get("/api/jobs/metrics")',
        "JOB_BACKOFF_MS",
    ],
)
def test_name_of_this_system_is_seen(line: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"# {line}\n", encoding="utf-8")
    assert violations(file) != []


@pytest.mark.parametrize(
    "line",
    [
        "from redis import Redis",
        'system.service("backend")',
        "GET /health",
        "a Postgres that is full",
        "/api/v1/query",
        "jobs of a queue",
        "from jobs that wait",
    ],
)
def test_technology_is_no_name_of_this_system(line: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"# {line}\n", encoding="utf-8")
    assert violations(file) == []
