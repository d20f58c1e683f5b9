"""A release of the backend that keeps whatever is sent to it, and reads all of that with every request that sends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from drills.common.draws import DRAWS
from drills.drill.scenario import Confirmation, Fault
from drills.faults.configuration import settings
from drills.faults.container import memory_usage
from scenarios.helpers import services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

RELEASE = "1.1.0-hoard"
MIB = 1024 * 1024
BACKEND_MIB = 448
BACKEND_CPUS = 0.4
"""With this share of a core, a checksum over a full memory takes half a second, so fewer than two requests a second."""
GATEWAY_MIB = 448
"""The gateway keeps each upload until it is passed on, on a disk that is memory in the sandbox."""
UPLOAD_MIB = 16
OVER = 1.04
"""Full is this multiple of the alert's threshold; the rest is left for the requests of students."""
PATIENCE_S = 30.0


class BackendMemoryGrowth(Fault):
    """Deploy the growing release, then send it files in a form that it refuses, until its memory is nearly full.

    Sent bare instead of as a form's field, each is refused at once, and kept all the same. What students send
    meanwhile is small: the memory stays as full as it is, and the backend is not killed for it.
    """

    name = "backend memory growth"

    def __init__(self) -> None:
        self._count = 0

    def prepare(self, system: System) -> None:
        """Deploy the release with little CPU; as long as it keeps little, it answers quickly."""
        settings.change(
            system, BACKEND_CPUS=BACKEND_CPUS, BACKEND_MEMORY=f"{BACKEND_MIB}m", FRONTEND_MEMORY=f"{GATEWAY_MIB}m"
        )
        services.recreate(system, "gateway")
        services.deploy(system, "backend", RELEASE)

    def inject(self, system: System) -> None:
        """Send as many files as the memory takes; whether they were kept is for the confirmation to see."""
        used = max(memory_usage.shares(system, "backend"), default=0.0)
        self._count = max(1, round((memory_usage.limit(system) * OVER - used) * BACKEND_MIB / UPLOAD_MIB))
        system.say(f"{used:.0%} of the backend's memory used: {self._count} files of {UPLOAD_MIB} MiB")
        self._send(system)

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel how much memory the backend holds."""
        return memory_usage.confirmation(system, "backend")

    def reapply_load(self, system: System) -> None:
        """Send as many files once more."""
        self._send(system)

    def _send(self, system: System) -> None:
        """Send all files at once, and return when the last was answered: each waits for those before it."""
        content = DRAWS.randbytes(UPLOAD_MIB * MIB)
        with ThreadPoolExecutor(self._count) as clients:
            clients.map(lambda _: _upload(system, content), range(self._count))


def _upload(system: System, content: bytes) -> None:
    """Send a file as its bytes and nothing else. It may be refused, or cut off by a restart."""
    headers = {"Content-Type": "application/pdf"} | uploads.new_address()
    try:
        httpx.post(f"{system.target.front_url}/api/upload", content=content, headers=headers, timeout=PATIENCE_S)
    except httpx.HTTPError:
        return
