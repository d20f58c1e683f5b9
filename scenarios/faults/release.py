"""A bad release, deployed the way every release is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

DEPLOY_LIMIT_S = 30.0
"""A release that never becomes healthy would keep its deployment waiting for as long as a healthy one may take."""


class BadRelease(Fault):
    """Deploy the release *tag* of the service that plays *role*; it stays until somebody deploys another one."""

    name = "bad release"

    def __init__(self, tag: str, role: str = "backend") -> None:
        self._tag = tag
        self._role = role

    def inject(self, system: System) -> None:
        """Deploy it; that the deployment itself may fail is part of what is wrong with it."""
        system.stack.run(f"./scripts/deploy.sh {self._service(system)} {self._tag}", limit_s=DEPLOY_LIMIT_S)

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine which image the service's container is made of."""
        seen = system.stack.run(f"docker inspect -f '{{{{.Config.Image}}}}' {self._service(system)}").output.strip()
        return Confirmation(
            ok=seen.endswith(f":{self._tag}"),
            channel="docker inspect",
            expected=f"a container of release {self._tag}",
            seen=seen,
        )

    def _service(self, system: System) -> str:
        return system.service(self._role)
