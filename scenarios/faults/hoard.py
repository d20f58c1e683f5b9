"""A release of the backend that keeps every request in memory and reads all of them for each new one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx

from scenarios.drill.scenario import Confirmation, Fault
from scenarios.faults import settings, uploads
from stack.errors import StackError

if TYPE_CHECKING:
    from scenarios.drill.site import Site

HOARDING_RELEASE = "1.1.0-hoard"
BACKEND_CPUS = 0.4
MIB = 1024 * 1024
UPLOAD_BYTES = 16 * MIB
"""More than the system takes, less than the gateway passes on: each is refused, and kept by that release anyway."""
UPLOADS = 21
PATIENCE_S = 30.0
SHARE = "docker stats --no-stream --format '{{{{.MemPerc}}}}' {}"


class Hoard(Fault):
    """Deploy the hoarding release, then upload files that are too large until its memory is nearly full."""

    name = "hoarding release"

    def prepare(self, site: Site) -> None:
        """Deploy it on a small machine; its trail is short yet, and short it is read quickly."""
        settings.change(site, BACKEND_CPUS=BACKEND_CPUS)
        site.stack.sandbox.must(f"./scripts/deploy.sh {site.stack.descriptor.roles['backend']} {HOARDING_RELEASE}")

    def inject(self, site: Site) -> None:
        """Upload what is refused and remembered."""
        with httpx.Client(base_url=site.target.front_url, timeout=PATIENCE_S) as client:
            for _ in range(UPLOADS):
                _refused(client)

    def confirm(self, site: Site) -> Confirmation:
        """Ask the engine how much of its memory the container uses."""
        seen = site.stack.run(SHARE.format(site.stack.descriptor.roles["backend"])).output.strip()
        share = float(seen.removesuffix("%") or 0)
        wanted = site.book.incident(3).alert.threshold.value
        return Confirmation(
            ok=share >= wanted, channel="docker stats", expected=f"at least {wanted:g}% of the memory", seen=seen
        )

    def again(self, site: Site) -> None:
        """Upload the same once more."""
        self.inject(site)


def _refused(client: httpx.Client) -> None:
    files = {"file": ("schedule.pdf", os.urandom(UPLOAD_BYTES), "application/pdf")}
    answer = client.post("/api/upload", files=files, headers=uploads.a_student())
    if answer.status_code != httpx.codes.BAD_REQUEST:
        raise StackError(f"expected 400 for a file that is too large, saw {answer.status_code}: {answer.text[:200]}")
