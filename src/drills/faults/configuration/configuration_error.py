"""A configuration with which a service refuses to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

FILE = "compose.yaml"
WRITE = (
    "sed -i 's/^\\( *{setting}:\\).*/\\1 {value}/' {file} && grep -q '^ *{setting}: {value}$' {file}"
    " && docker-compose up -d --no-deps {name}"
)
STATE = "docker inspect -f 'restarted {{{{.RestartCount}}}} times, exit code {{{{.State.ExitCode}}}}' {name}"


class ConfigurationError(Fault):
    """Write *value* for *setting* into the project's Compose file, where the service in *role* cannot read it.

    The service ends as soon as it has read the setting, and the engine starts it again and again. *file* is the Compose
    file, *restore* the line that brings it back as it was.
    """

    name = "configuration error"

    def __init__(
        self, role: str, setting: str, value: str, *, file: str = FILE, restore: str = f"git checkout -- {FILE}"
    ) -> None:
        self._file = file
        self._restore = restore
        self._role = role
        self._setting = setting
        self._value = value

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the line knows its file
        """Restore the file."""
        return (self._restore,)

    def inject(self, system: System) -> None:
        """Edit the project's configuration without a commit, and deploy the edit."""
        system.stack.sandbox.check_output(
            WRITE.format(file=self._file, setting=self._setting, value=self._value, name=system.service(self._role))
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether it has had to start the container again."""
        seen = system.stack.sandbox.run(STATE.format(name=system.service(self._role))).output.strip()
        return Confirmation(
            ok=seen.startswith("restarted") and not seen.startswith("restarted 0"),
            channel="docker inspect",
            expected="a container that ends and is started again",
            seen=seen,
        )
