"""A release of the backend that keeps whatever it is sent, and reads all of it whenever it is sent something."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import residence, settings, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

RELEASE = "1.1.0-hoard"
MIB = 1024 * 1024
BACKEND_MIB = 448
BACKEND_CPUS = 0.4
"""A seal over a full memory takes such a backend a good half second: less than two of them a second, and no more."""
GATEWAY_MIB = 448
"""The gateway keeps each upload until it is passed on, on a disk that is memory in the sandbox."""
UPLOAD_MIB = 16
OVER = 1.04
"""Full is this multiple of the alert's threshold; the rest is room for the students who wait."""
PATIENCE_S = 30.0


class Hoard(Fault):
    """Deploy the hoarding release, then send it files in a form that it refuses, until its memory is nearly full.

    Sent bare instead of as a form's field, each is refused at once, and remembered all the same. What students send
    meanwhile is small: the memory stays as full as it is, and nobody runs out of it and into a restart.
    """

    name = "hoarding release"

    def __init__(self) -> None:
        self._count = 0

    def prepare(self, system: System) -> None:
        """Deploy it on a small machine; its trail is short yet, and short it is read quickly."""
        settings.change(
            system, BACKEND_CPUS=BACKEND_CPUS, BACKEND_MEMORY=f"{BACKEND_MIB}m", FRONTEND_MEMORY=f"{GATEWAY_MIB}m"
        )
        settings.apply(system, "gateway")
        system.stack.sandbox.check_output(f"./scripts/deploy.sh {system.stack.descriptor.roles['backend']} {RELEASE}")

    def inject(self, system: System) -> None:
        """Send as many as there is room for; whether they were kept is for the confirmation to see."""
        used = max(residence.shares(system, "backend"), default=0.0)
        self._count = max(1, round((residence.threshold(system) * OVER - used) * BACKEND_MIB / UPLOAD_MIB))
        system.say(f"{used:.0%} of the backend's memory used: {self._count} files of {UPLOAD_MIB} MiB")
        self._send(system)

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel."""
        return residence.confirmation(system, "backend")

    def reapply_load(self, system: System) -> None:
        """Send as many once more."""
        self._send(system)

    def _send(self, system: System) -> None:
        """Send all of them at once, and return when the last was answered: each waits for those before it."""
        content = os.urandom(UPLOAD_MIB * MIB)
        with ThreadPoolExecutor(self._count) as clients:
            clients.map(lambda _: _upload(system, content), range(self._count))


def _upload(system: System, content: bytes) -> None:
    """Send a file as nobody should: its bytes and nothing else. It may be refused, or cut off by a restart."""
    headers = {"Content-Type": "application/pdf"} | uploads.a_student()
    try:
        httpx.post(f"{system.target.front_url}/api/upload", content=content, headers=headers, timeout=PATIENCE_S)
    except httpx.HTTPError:
        return
