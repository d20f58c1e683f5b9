"""A bad release, deployed in the way in which every release is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

DEPLOY_LIMIT_S = 30.0
"""A release that never becomes healthy would keep its deployment waiting for as long as a healthy one may take."""
IMAGE = "docker inspect -f '{{{{.Config.Image}}}}' {name}"


class BadDeployment(Fault):
    """Deploy the release *tag* of the service in *role*; it stays until another one is deployed.

    *line* deploys a release of the system; `{service}` and `{tag}` stand in it.
    """

    name = "bad deployment"

    def __init__(self, role: str, tag: str, line: str) -> None:
        self._role = role
        self._tag = tag
        self._line = line

    def inject(self, system: System) -> None:
        """Deploy the release; the deployment itself may fail, which is part of what is wrong with the release."""
        line = self._line.format(service=system.service(self._role), tag=self._tag)
        system.stack.sandbox.run(line, limit_s=DEPLOY_LIMIT_S)

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine which image the service's container is made of."""
        seen = system.stack.sandbox.run(IMAGE.format(name=system.service(self._role))).output.strip()
        return Confirmation(
            ok=seen.endswith(f":{self._tag}"),
            channel="docker inspect",
            expected=f"a container of release {self._tag}",
            seen=seen,
        )
