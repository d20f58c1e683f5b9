"""A release of the backend that keeps every request in memory and reads all of them for each new one."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import httpx

from scenarios.drill.scenario import Confirmation, Fault
from scenarios.faults import settings, uploads

if TYPE_CHECKING:
    from scenarios.drill.site import Site

HOARDING_RELEASE = "1.1.0-hoard"
BACKEND_CPUS = 0.4
GATEWAY_MEMORY = "512m"
"""The gateway keeps each upload until it is answered, on a disk that is memory in the sandbox."""
MIB = 1024 * 1024
UPLOAD_BYTES = 16 * MIB
"""More than the system takes, less than the gateway passes on: each is refused, and kept by that release anyway."""
UPLOADS = 22
PATIENCE_S = 60.0
SHARE = "docker stats --no-stream --format '{{{{.MemPerc}}}}' {}"


class Hoard(Fault):
    """Deploy the hoarding release, then upload files that are too large until its memory is nearly full."""

    name = "hoarding release"

    def __init__(self) -> None:
        self._clients = ThreadPoolExecutor(UPLOADS)  # all at once: one after the other, each would wait longer
        self._answers: list[Future[None]] = []

    def prepare(self, site: Site) -> None:
        """Deploy it on a small machine; its trail is short yet, and short it is read quickly."""
        settings.change(site, BACKEND_CPUS=BACKEND_CPUS, FRONTEND_MEMORY=GATEWAY_MEMORY)
        settings.apply(site, "gateway")
        site.stack.sandbox.must(f"./scripts/deploy.sh {site.stack.descriptor.roles['backend']} {HOARDING_RELEASE}")

    def inject(self, site: Site) -> None:
        """Begin to upload what is refused and remembered; whether it was is for the confirmation to see."""
        content = os.urandom(UPLOAD_BYTES)
        self._answers = [self._clients.submit(_upload, site, content) for _ in range(UPLOADS)]

    def confirm(self, site: Site) -> Confirmation:
        """Ask the engine how much of its memory the container uses."""
        seen = site.stack.run(SHARE.format(site.stack.descriptor.roles["backend"])).output.strip()
        share = float(seen.removesuffix("%") or 0) / 100
        wanted = site.book.incident(3).alert.threshold.value
        return Confirmation(
            ok=share >= wanted, channel="docker stats", expected=f"at least {wanted:.0%} of the memory", seen=seen
        )

    def again(self, site: Site) -> None:
        """Upload the same once more, until the last of it is answered."""
        self.inject(site)
        wait(self._answers, PATIENCE_S)

    def stop(self) -> None:
        """End the uploads."""
        self._clients.shutdown(cancel_futures=True)


def _upload(site: Site, content: bytes) -> None:
    files = {"file": ("schedule.pdf", content, "application/pdf")}
    with httpx.Client(base_url=site.target.front_url, timeout=PATIENCE_S) as client:
        client.post("/api/upload", files=files, headers=uploads.a_student())
