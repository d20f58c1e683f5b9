"""The kernel's own counters are read from a container's cgroup; where one is missing, there is no reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.services.exporter import engine
from stack.services.exporter.groups import Groups

if TYPE_CHECKING:
    from pathlib import Path

ID = "5e1ec7ed"
MIB = 1024 * 1024
SECOND_NS = 1_000_000_000
FIRST = {
    "cpuacct/docker/5e1ec7ed/cpuacct.usage": f"{3 * SECOND_NS}\n",
    "memory/docker/5e1ec7ed/memory.usage_in_bytes": f"{300 * MIB}\n",
    "memory/docker/5e1ec7ed/memory.limit_in_bytes": f"{400 * MIB}\n",
    "memory/docker/5e1ec7ed/memory.stat": f"inactive_file 4096\ntotal_inactive_file {100 * MIB}\n",
}
SECOND = {
    "cgroup.controllers": "cpu memory\n",
    "docker/5e1ec7ed/cpu.stat": "usage_usec 3000000\nuser_usec 2000000\n",
    "docker/5e1ec7ed/memory.current": f"{300 * MIB}\n",
    "docker/5e1ec7ed/memory.max": f"{400 * MIB}\n",
    "docker/5e1ec7ed/memory.stat": f"anon 1\ninactive_file {100 * MIB}\n",
}
VERSIONS = pytest.mark.parametrize("files", [FIRST, SECOND], ids=["cgroup v1", "cgroup v2"])


def laid(folder: Path, files: dict[str, str]) -> Groups:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Groups(folder)


@VERSIONS
def test_a_containers_counters_are_read_from_its_groups(tmp_path: Path, files: dict[str, str]) -> None:
    reading = laid(tmp_path, files).reading(ID)
    assert reading is not None
    assert reading.cpu_ns == 3 * SECOND_NS
    assert reading.memory_bytes == 200 * MIB
    assert reading.memory_share == 0.5


@VERSIONS
def test_a_container_that_has_just_ended_has_no_reading(tmp_path: Path, files: dict[str, str]) -> None:
    assert laid(tmp_path, files).reading("another") is None


@pytest.mark.parametrize("gone", [name for name in (*FIRST, *SECOND) if ID in name])
def test_half_a_group_is_no_reading(tmp_path: Path, gone: str) -> None:
    files = FIRST if gone in FIRST else SECOND
    assert laid(tmp_path, {name: text for name, text in files.items() if name != gone}).reading(ID) is None


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (FIRST, {"memory/docker/5e1ec7ed/memory.limit_in_bytes": "9223372036854771712\n"}),
        (SECOND, {"docker/5e1ec7ed/memory.max": "max\n"}),
    ],
    ids=["cgroup v1", "cgroup v2"],
)
def test_without_a_limit_there_is_no_share_of_it(tmp_path: Path, files: dict[str, str], limit: dict[str, str]) -> None:
    assert laid(tmp_path, files | limit).reading(ID) is None


def test_where_the_kernel_does_not_say_the_engine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(_: engine.Engine, path: str) -> object:
        asked.append(path)
        return [{"Id": ID, "Names": ["/backend"]}] if path == "/containers/json" else None

    monkeypatch.setattr(engine.Engine, "_ask", answer)
    assert [name for name, _, _ in engine.Engine().samples()] == ["engine_disk_share"]
    assert [path for path in asked if "/stats" in path] == [f"/containers/{ID}/stats?stream=false&one-shot=true"]
