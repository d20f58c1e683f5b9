"""Ask the Docker engine, over its socket, which containers run, and what they use where the kernel does not say."""

from __future__ import annotations

import json
import os
import socket
import time
from collections import deque
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

from stack.services.exporter.groups import Groups
from stack.services.exporter.shares import Reading, cores_of, cpu_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.services.exporter.sampler import Sample

SOCKET = "/var/run/docker.sock"
API = "/v1.41"  # the first with one-shot statistics, which do not wait a second for a difference
ANSWER_S = 2.0
CPU_READINGS = 3  # one a second: CPU is averaged over two of them, so that a single slow answer is no spike
LIMIT_KEPT_S = 10.0


class EngineError(Exception):
    """The engine did not answer, or not as its API says."""


class _Connection(HTTPConnection):
    def __init__(self) -> None:
        super().__init__("docker", timeout=ANSWER_S)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ANSWER_S)
        self.sock.connect(SOCKET)


class Engine:
    """Reads all containers at each `samples`; remembers just enough of them to see how their counters move."""

    def __init__(self) -> None:
        self._connection = _Connection()
        self._groups = Groups()
        self._readings: dict[str, deque[Reading]] = {}
        self._cores: dict[str, tuple[float, float]] = {}

    def samples(self) -> list[Sample]:
        """Return each container's shares, and that of the disk on which they all live; raises EngineError."""
        try:
            running = {each["Id"]: each["Names"][0].lstrip("/") for each in self._ask("/containers/json") or []}
            self._readings = {id_: self._readings.get(id_, deque(maxlen=CPU_READINGS)) for id_ in running}
            self._cores = {id_: cores for id_, cores in self._cores.items() if id_ in running}
            return [*(sample for id_, name in running.items() for sample in self._shares(id_, name)), _disk()]
        except (OSError, HTTPException, ValueError, KeyError) as error:
            self._connection.close()
            self._readings.clear()
            raise EngineError(f"{type(error).__name__}: {error}") from error

    def _shares(self, id_: str, name: str) -> Iterator[Sample]:
        reading = self._groups.reading(id_) or self._asked(id_)
        if reading is None:
            return
        yield "container_memory_share", name, reading.memory_share
        readings = self._readings[id_]
        readings.append(reading)
        share = cpu_share(readings[0], reading, self._cores_for(id_))
        if share is not None:
            yield "container_cpu_share", name, share

    def _asked(self, id_: str) -> Reading | None:
        stats = self._ask(f"/containers/{id_}/stats?stream=false&one-shot=true")
        return Reading.of(stats) if stats else None

    def _cores_for(self, id_: str) -> float:
        """Look the container's limit up, again after a while: `docker update` changes it."""
        cores, read_s = self._cores.get(id_, (0.0, -LIMIT_KEPT_S))
        if time.monotonic() - read_s >= LIMIT_KEPT_S:
            details = self._ask(f"/containers/{id_}/json")
            cores = cores_of(details["HostConfig"], float(os.cpu_count() or 1)) if details else 0.0
            self._cores[id_] = (cores, time.monotonic())
        return cores

    def _ask(self, path: str) -> Any:
        """Return the engine's answer; None for a container that is gone."""
        self._connection.request("GET", API + path)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status in (404, 409):
            return None
        if answer.status != 200:  # noqa: PLR2004 — HTTP's OK
            raise ValueError(f"{path}: {answer.status} {body[:200]!r}")
        return json.loads(body)


def _disk() -> Sample:
    """Return how full the engine's disk is: the root of a container lies on it. Of what is left, root's reserve too."""
    disk = os.statvfs("/")
    return "engine_disk_share", None, 1 - disk.f_bfree / disk.f_blocks
