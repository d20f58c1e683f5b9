"""The lines that the faults of the catalogue type at a stack whose services, database and user have other names."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.helpers.fault_modules import SCENARIOS
from tests.helpers.quiet_system import REFERENCE, RENAMED, QuietSandbox, quiet_system

if TYPE_CHECKING:
    from drills.sandbox.terminal import Ran

ANSWERS = {
    "--output=size": "4000000",
    "--output=used": "1000000",
    "--output=avail": "3000000",
    ".Config.Image": "an/image:1.0.0",
}
PSQL = "docker exec -d -e PGAPPNAME=report a-database psql -U owner -d app -qtc"
FOREIGN = re.compile(rf"(?<![-\w])(?:{'|'.join(REFERENCE.roles.values())}|{REFERENCE.database.user})\b")


class FilledSandbox(QuietSandbox):
    """The disk is full once a container that writes to it was started in the background."""

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        full = "--output=avail" in line and any(" -d " in typed for typed in self.lines)
        ran = super().run(line, stdin=stdin, limit_s=limit_s)
        return replace(ran, output="0") if full else ran


def typed(cause: str) -> list[str]:
    sandbox = FilledSandbox(ANSWERS)
    fault = SCENARIOS[cause].fault()
    fault.inject(quiet_system(RENAMED, sandbox))
    return sandbox.lines


@pytest.mark.parametrize(
    ("cause", "lines"),
    [
        ("1.1", ["./scripts/deploy.sh a-backend 1.1.0-errors"]),
        ("2.3", ["docker kill --signal STOP a-cache"]),
        (
            "5.3",
            [
                f'{PSQL} "BEGIN; LOCK TABLE jobs; SELECT count(*), pg_sleep(3600) FROM jobs; COMMIT"',
            ],
        ),
        ("7.1", ["docker kill $(docker-compose ps -q a-cache)"]),
    ],
)
def test_fault_is_one_line(cause: str, lines: list[str]) -> None:
    assert typed(cause) == lines


@pytest.mark.parametrize("cause", ["1.1", "1.5", "2.3", "3.4", "5.3", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "7.1"])
def test_lines_are_lines_of_a_shell_and_name_what_the_descriptor_names(cause: str) -> None:
    for line in typed(cause):
        subprocess.run(["bash", "-n", "-c", line], check=True)
        assert not FOREIGN.search(line), line


def test_full_disk_is_written_until_it_is_full_and_what_is_freed_is_taken_again() -> None:
    fallocate, writer = (line for line in typed("1.5") if "export-3" in line or "export-4" in line)
    assert fallocate.endswith("--entrypoint fallocate an/image:1.0.0 -l 978154K /tmp/export.csv")
    assert "docker run --name export-4 -d --entrypoint sh an/image:1.0.0 -c 'while " in writer
    assert " -lt 268435456 ]; do dd " in writer


def test_disk_under_pressure_is_filled_in_volumes_without_a_name() -> None:
    written_kib = [int(size) for line in typed("3.4") for size in re.findall(r"-v /exports .* -l (\d+)K", line)]
    assert len(written_kib) == 4
    assert (1_000_000 + sum(written_kib)) / 4_000_000 == pytest.approx(0.8 * 1.08, abs=0.001)
