"""The terminal of a shell inside a container, and the shell on it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox.shell import COMMAND, Shell, environment
from drills.sandbox.terminal import ENVIRONMENT, early_bytes, widen

if TYPE_CHECKING:
    from docker.models.containers import Container

EXIT_CODE_S = 10.0
"""How long the engine may take to know how a shell ended."""
TOKEN_BYTES = 8
# The fields of a process after its name are its state, its parent, its group and its session.
_KILL = """for file in /proc/[0-9]*/stat; do read -r fields <"$file" && set -- ${fields##*) } && [ "$4" = %d ] &&
kill -KILL "${file//[!0-9]/}"; done 2>/dev/null"""


class ContainerTerminal:
    """A terminal that the engine opened in *container*, with an interactive shell in *folder*."""

    def __init__(self, container: Container, folder: str, token: str) -> None:
        self._container = container
        self._api: Any = container.client.api  # type: ignore[union-attr]
        self._job = self._api.exec_create(
            container.id,
            list(COMMAND),
            tty=True,
            stdin=True,
            workdir=folder,
            environment={**ENVIRONMENT, **environment(token)},
            privileged=False,
        )["Id"]
        self._connection: Any = self._api.exec_start(self._job, tty=True, socket=True)
        widen(self._api, self._job)
        self.early = early_bytes(self._connection)
        self._socket: Any = getattr(self._connection, "_sock", self._connection)

    def fileno(self) -> int:
        """Return the connection's file."""
        return int(self._socket.fileno())

    def recv(self, size: int) -> bytes:
        """Return what was printed."""
        return bytes(self._socket.recv(size))

    def sendall(self, data: bytes) -> None:
        """Type *data*."""
        self._socket.sendall(data)

    def kill(self, session: int) -> None:
        """End every process of the *session*."""
        self._container.exec_run(["bash", "-c", _KILL % session])

    def exit_code(self) -> int | None:
        """Return the shell's exit code, once the engine knows it."""
        try:
            seen = wait_until(
                lambda: self._api.exec_inspect(self._job),
                done=lambda job: not job.get("Running"),
                deadline_s=EXIT_CODE_S,
                expected="the engine to know how the shell ended",
                where=f"container {self._container.id}",
                next_step="read the engine's log",
            )
        except WaitTimeout:
            return None
        code: int | None = seen["ExitCode"]
        return code

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def open_shell(container: Container, folder: str) -> Shell:
    """Return a shell at a terminal in *container*, in *folder*; it is open for the length of a block."""
    token = secrets.token_hex(TOKEN_BYTES)
    return Shell(ContainerTerminal(container, folder, token), token)
