"""A stack running inside a sandbox: boot it, run lines in it, find its ports, heal it."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox.engine_proxy import proxy
from drills.sandbox.errors import SandboxError
from drills.sandbox.limits import machine_mib, memory_mib
from drills.sandbox.sandbox import LOOPBACK, Plan, Sandbox
from drills.sandbox.scratch_folder import new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.sandbox.descriptor import Descriptor
    from drills.sandbox.shell import Shell

RESTART_S = 30.0
"""How long a container may be on its way up again: a store that is killed twice recovers in less."""
RETYPE_S = 1.0
LAST_WORDS = 500
"""How many characters of a failed line's output are told."""
UP = "docker-compose up -d --wait"
PEM = "-----BEGIN"
UNREACHABLE = "unreachable"
"""A word of what the kernel answers where there is no route."""


class Stack:
    """The running stack: *descriptor* says what it is made of, *sandbox* is where it runs.

    *folder* of this machine, removed with the sandbox, has the files and sockets that its clients need.
    """

    def __init__(
        self,
        descriptor: Descriptor,
        sandbox: Sandbox,
        passwords: dict[str, str],
        folder: Path,
        *,
        time_scale: float = 1.0,
    ) -> None:
        self.descriptor = descriptor
        self.sandbox = sandbox
        self.ca_file = folder / "authority.pem"
        self.engine_socket = folder / "engine.sock"
        self._passwords = passwords
        self._time_scale = time_scale

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never reach a log or a report."""
        return tuple(self._passwords.values())

    def shell(self) -> Shell:
        """Return the shell that a responder opens in the project folder, for the documented lines of one step."""
        return self.sandbox.shell()

    def url(self, role: str) -> str:
        """Return where the service in *role* answers over HTTP, seen from this machine."""
        return f"http://{LOOPBACK}:{self.port(role)}"

    @property
    def tls_url(self) -> str:
        """Where the gateway answers over TLS, seen from this machine; `ca_file` is the authority to trust for that."""
        return f"https://{LOOPBACK}:{self.port('gateway_tls')}"

    def port(self, role: str) -> int:
        """Return the port on 127.0.0.1 of a role; raises SandboxError when the descriptor gives it none."""
        if role not in self.descriptor.ports:
            raise SandboxError(f"The stack {self.descriptor.name!r} publishes no port for {role!r}.")
        return self.sandbox.host_port(self.descriptor.ports[role])

    @property
    def postgres_dsn(self) -> str:
        """Connection string of the database; it holds the password, so it is for connecting only."""
        database = self.descriptor.database
        password = quote(self._password(database.password), safe="")
        return f"postgresql://{database.user}:{password}@{LOOPBACK}:{self.port('database')}/{database.name}"

    @property
    def redis_url(self) -> str:
        """Where Redis answers, seen from this machine."""
        return f"redis://{LOOPBACK}:{self.port('cache')}/0"

    @property
    def object_store_keys(self) -> tuple[str, str]:
        """Access key and secret key of the object store; for connecting only."""
        objects = self.descriptor.objects
        return self._password(objects.access_key), self._password(objects.secret_key)

    def _password(self, name: str) -> str:
        """Return this sandbox's own value of a setting, or the one that stands in the compose files."""
        return self._passwords[name] if name in self._passwords else self.descriptor.plain(name)

    def replicas(self, role: str) -> int | None:
        """Return how many replicas of *role* the settings ask for, as shipped; None where they do not say."""
        name = self.descriptor.replicas.get(role)
        found = re.search(rf"(?m)^{name}=(\d+)$", self.settings().decode()) if name else None
        return int(found[1]) if found else None

    def heal(self) -> None:
        """Bring the stack back to its start: settings as shipped, every service up, no data.

        A line that fails is typed again for RESTART_S seconds: a container may just be restarting. Raises SandboxError.
        """
        self.sandbox.set_cpu_shares()
        self.sandbox.put({".env": self.settings()})
        for line in self.descriptor.heal.lines:
            self._heal(line)

    def _heal(self, line: str) -> None:
        try:
            wait_until(
                lambda: self._failure(line),
                done=lambda failure: failure is None,
                deadline_s=RESTART_S,
                poll_s=RETYPE_S,
                expected="every line of the healing to succeed",
                where=f"the sandbox, `{line}`",
                next_step="read the logs of the containers that this line names",
            )
        except WaitTimeout as timeout:
            raise SandboxError(str(timeout)) from None

    def _failure(self, line: str) -> str | None:
        """Return how a line of the healing failed, None when it did not."""
        done = self.sandbox.run(line, limit_s=self.descriptor.boot_deadline_s)
        return f"exit {done.exit}: {done.output.strip()[-LAST_WORDS:]}" if done.exit else None

    def snapshot(self) -> dict[str, str]:
        """Return what each snapshot line of the descriptor prints now; where two differ, a drill left residue.

        Raises SandboxError when one fails: two failures that look alike would pass for two clean stacks.
        """
        return {line: self.sandbox.check_output(line) for line in self.descriptor.snapshot.lines}

    def settings(self) -> bytes:
        """Return the stack's .env as shipped, with its windows scaled, and with this sandbox's secrets."""
        settings = self.descriptor.settings
        shipped = (self.descriptor.folder / settings).read_text(encoding="utf-8") if settings else ""
        for name, floor in self.descriptor.windows.items():
            shipped = re.sub(rf"(?m)^{name}=(\d+)$", partial(_scaled, self._time_scale, floor), shipped)
        lines = [f"{name}={value}" for name, value in self._passwords.items()]
        return "\n".join([shipped.rstrip(), *lines, ""]).encode()


@contextmanager
def running(  # noqa: PLR0913 - each keyword is a choice of the person who starts the run
    descriptor: Descriptor, image: str, store: str | None, rules: str, *, time_scale: float = 1.0, kept: bool = False
) -> Iterator[Stack]:
    """Boot a stack in a sandbox of its own and remove both at the end of the block, unless *kept*.

    *rules* is the text of Prometheus' rule file, rendered from the runbook at *time_scale*. Raises SandboxError when
    the stack is not healthy within its boot deadline.
    """
    plan = Plan(
        image=image,
        store=store,
        disk_mib=descriptor.disk_mib,
        memory_mib=memory_mib(descriptor.memory_mib, machine_mib()),
        processes=descriptor.processes,
        ports=tuple(descriptor.ports.values()),
        internet=descriptor.internet,
        replica_names=descriptor.scalable,
        kept=kept,
        environment={"COMPOSE_PROJECT_NAME": descriptor.project, **descriptor.environment},
    )
    sandbox = Sandbox(plan)
    folder = new_folder(kept=kept)
    try:
        sandbox.start()
        passwords = {name: secrets.token_hex(16) for name in descriptor.secrets}
        stack = Stack(descriptor, sandbox, passwords, folder, time_scale=time_scale)
        boot(stack, rules)
        with proxy(sandbox.get_wrapped_container(), stack.engine_socket):
            yield stack
    finally:
        if not kept:
            sandbox.remove()
            shutil.rmtree(folder, ignore_errors=True)


def boot(stack: Stack, rules: str) -> None:
    """Fill the project folder and start every service; raises SandboxError with the output of a line that failed."""
    descriptor = stack.descriptor
    files = {".env": stack.settings()} | ({descriptor.rules: rules.encode()} if descriptor.rules else {})
    for name in descriptor.files:
        files |= _tree(descriptor.folder / name, name)
    stack.sandbox.put(files)
    for line in descriptor.boot.lines:
        stack.sandbox.check_output(line)
    certificate = descriptor.certificate
    if certificate:
        printed = stack.sandbox.check_output(f"{certificate.line} && cat {shlex.quote(certificate.authority)}")
        stack.ca_file.write_text(printed[printed.index(PEM) :], encoding="ascii")
    _start(stack)


def _start(stack: Stack) -> None:
    """Start every service, images pulled where they are not there yet."""
    try:
        stack.sandbox.check_output(UP, limit_s=stack.descriptor.boot_deadline_s)
    except SandboxError as error:
        if stack.descriptor.internet or UNREACHABLE not in str(error):
            raise
        advice = "no sandbox reaches another address unless its descriptor says `internet = true`"
        raise SandboxError(f"{error} ({stack.descriptor.path}: {advice})") from None


def _scaled(time_scale: float, floor: int, setting: re.Match[str]) -> str:
    value = int(setting[1])
    return setting[0].replace(setting[1], str(max(min(floor, value), round(value / time_scale))))


def _tree(path: Path, name: str) -> dict[str, bytes]:
    if path.is_file():
        return {name: path.read_bytes()}
    return {
        f"{name}/{entry.relative_to(path)}": entry.read_bytes()
        for entry in path.rglob("*")
        if entry.is_file() and "__pycache__" not in entry.parts
    }
