"""The lines that load a changed file are whole commands of a shell, and a file that cannot be applied is refused."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from checks.mutations.mutants.sources import MUTANTS
from drills.mutants.plan import RefusedError
from drills.mutants.pool import files_of
from drills.sandbox.terminal import Ran
from tests.helpers.paths import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.sandbox.stack import Stack


@dataclass
class Typed:
    """A stack whose sandbox takes what is typed and put; a line that has *refused* in it fails."""

    refused: str = "\0"
    lines: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def sandbox(self) -> Typed:
        return self

    def put(self, files: Mapping[str, bytes], folder: str = "") -> None:
        self.files |= {f"{folder}/{name}" if folder else name: content for name, content in files.items()}

    def run(self, line: str, limit_s: float | None = None) -> Ran:
        self.lines.append(line)
        return Ran(line, "no such service", 1 if self.refused in line else 0, limit_s or 0.1)

    def check_output(self, line: str) -> str:
        return self.run(line).output


def loaded(path: str, typed: Typed) -> Typed:
    """Load the file by the function of its source."""
    (source,) = (one for one in MUTANTS.sources if path in files_of(one, DESCRIPTOR.parent, {}))
    source.put(cast("Stack", typed), path, "changed")
    return typed


FILES = (
    "services/backend/jobs.py",
    "services/worker/rows.py",
    "services/common/queue.py",
    "config/nginx/nginx.conf",
    "config/prometheus/prometheus.yml",
    "config/alertmanager/alertmanager.yml",
    "config/blackbox/blackbox.yml",
    "compose.yaml",
)


@pytest.mark.parametrize("path", FILES)
def test_lines_are_whole_commands(path: str) -> None:
    typed = loaded(path, Typed())
    assert b"changed" in typed.files.values()
    assert typed.lines
    for line in typed.lines:
        subprocess.run(["bash", "-n", "-c", line], check=True)


@pytest.mark.parametrize(
    ("path", "services"),
    [
        ("services/backend/jobs.py", {"backend"}),
        ("services/worker/rows.py", {"pdf-worker"}),
        ("services/common/queue.py", {"backend", "pdf-worker"}),
    ],
)
def test_module_is_put_into_every_service_that_has_it(path: str, services: set[str]) -> None:
    (line,) = loaded(path, Typed()).lines
    assert {name for name in ("backend", "pdf-worker") if f"compose.service={name}" in line} == services
    assert f":/srv/app/stack/{path}" in line


@pytest.mark.parametrize("refused", ["config -q", "up -d"])
def test_compose_file_that_cannot_be_applied_is_refused(refused: str) -> None:
    with pytest.raises(RefusedError, match="no such service"):
        loaded("compose.yaml", Typed(refused=refused))


def test_services_that_do_not_become_healthy_are_left_to_the_checks() -> None:
    assert loaded("compose.yaml", Typed(refused="await-healthy"))
