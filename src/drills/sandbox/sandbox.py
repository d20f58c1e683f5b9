"""One disposable container with an engine of its own: the blast radius of a drill."""

from __future__ import annotations

import io
import tarfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox.errors import SandboxError
from drills.sandbox.fence import close_off
from drills.sandbox.labels import KEPT, OWNER, everything_ours, label, owner_is_gone, this_owner
from drills.sandbox.shell_terminal import open_shell
from drills.sandbox.terminal import Ran, type_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import docker

    from drills.sandbox.shell import Shell

LOOPBACK = "127.0.0.1"
ENGINE_DEADLINE_S = 60.0
CPU_SHARES = 2598
"""The CPU shares of every sandbox from its start, unless a drill asks for more. Under control groups of version 2 they
are weight 100, which a container without shares has; Docker's usual 1024 would be weight 39."""
PROJECT_DIR = "/srv/project"
ENGINE_DIR = "/var/lib/docker"
# What an engine inside a container needs, for machines where `privileged` is refused because a capability is missing.
CAPABILITIES = [
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "KILL", "MKNOD"),
    *("NET_ADMIN", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID"),
    *("SYS_ADMIN", "SYS_CHROOT", "SYS_NICE", "SYS_PTRACE"),
]


@dataclass(frozen=True)
class Plan:
    """What a sandbox is made of.

    *disk_mib* is the size of the inner engine's disk in MiB, where None means a volume of the outer engine without a
    limit; *memory_mib* and *processes* (threads included) bound the sandbox as a whole; *store* names the volume
    with the prepared image store; *ports* are published on 127.0.0.1 at free ports; without *internet* nothing inside
    reaches another address.
    """

    image: str
    store: str | None = None
    disk_mib: int | None = None
    memory_mib: int | None = None
    processes: int | None = None
    engine_volume: str | None = None
    ports: tuple[int, ...] = ()
    internet: bool = False
    replica_names: tuple[str, ...] = ()
    kept: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


def limits_of(plan: Plan) -> dict[str, Any]:
    """Return Docker's options for the limits of *plan*; swap counts as memory."""
    memory = {"mem_limit": f"{plan.memory_mib}m", "memswap_limit": f"{plan.memory_mib}m"} if plan.memory_mib else {}
    return memory | ({"pids_limit": plan.processes} if plan.processes else {})


class Sandbox(DockerContainer):
    """A started sandbox whose engine answers; leaving the block removes it with everything inside."""

    def __init__(self, plan: Plan) -> None:
        # Ryuk's image is not available everywhere; our own label and sweep() do its work.
        testcontainers_config.ryuk_disabled = True
        labels = {**label("sandbox"), OWNER: this_owner(), **({KEPT: "yes"} if plan.kept else {})}
        super().__init__(plan.image, labels=labels)
        self.plan = plan
        self._cpu_shares = CPU_SHARES
        if plan.store:
            self.with_volume_mapping(plan.store, "/store", "ro")
        if plan.engine_volume:
            self.with_volume_mapping(plan.engine_volume, ENGINE_DIR, "rw")
        if plan.disk_mib:
            self.with_tmpfs_mount(ENGINE_DIR, f"size={plan.disk_mib}m,exec")
        environment = {"DOCKER_ALLOW_IPV6_ON_IPV4_INTERFACE": "1", "REPLICA_NAMES": " ".join(plan.replica_names)}
        self.with_envs(**environment, **plan.environment)
        # The labels are among the arguments, and new ones alone would take their place.
        self.with_kwargs(**self._kwargs, cpu_shares=CPU_SHARES, **limits_of(plan))

    def _configure(self) -> None:
        # testcontainers would publish on every address of this machine.
        self.ports = {f"{port}/tcp": (LOOPBACK, None) for port in self.plan.ports}  # type: ignore[misc]

    def start(self) -> Self:
        """Start the container, privileged where that is allowed, and wait until its engine answers."""
        privileges: list[dict[str, Any]] = [
            {"privileged": True},
            {"cap_add": CAPABILITIES, "security_opt": ["seccomp=unconfined", "apparmor=unconfined"]},
        ]
        given = dict(self._kwargs)
        for attempt in privileges:
            self.with_kwargs(**given, cgroupns="private", **attempt)
            try:
                super().start()
            except APIError as refused:
                self.remove()
                if attempt is privileges[-1]:
                    raise SandboxError(f"The engine refused to start a sandbox: {refused.explanation}") from refused
            else:
                break
        try:
            if not self.plan.internet:
                close_off(self.get_wrapped_container())
            self._await_engine()
        except BaseException:
            self.remove()
            raise
        return self

    def remove(self) -> None:
        """Remove the container and everything inside it; it is no error when it is gone already."""
        if self._container is not None:
            with suppress(NotFound):
                self._container.remove(force=True, v=True)
            self._container = None

    def host_port(self, port: int) -> int:
        """Return the port on 127.0.0.1 where the sandbox's *port* answers."""
        container = self.get_wrapped_container()
        bindings = container.ports.get(f"{port}/tcp")
        if not bindings:
            container.reload()
            bindings = container.ports.get(f"{port}/tcp")
        if not bindings:
            raise SandboxError(f"Port {port} of the sandbox is not published: it is not among {self.plan.ports}.")
        return int(bindings[0]["HostPort"])

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        """Run one line as a responder at a terminal inside the sandbox would; see terminal.type_line."""
        return type_line(self.get_wrapped_container(), line, PROJECT_DIR, stdin=stdin, limit_s=limit_s)

    def shell(self) -> Shell:
        """Return a shell in the project folder, open for the length of a block; raises SandboxError."""
        try:
            return open_shell(self.get_wrapped_container(), PROJECT_DIR)
        except APIError as refused:
            raise SandboxError(f"The engine refused to open a shell in a sandbox: {refused.explanation}") from refused

    def check_output(self, line: str, *, limit_s: float | None = None) -> str:
        """Run a line that has to succeed and return its output; raises SandboxError with what it printed."""
        done = self.run(line, limit_s=limit_s)
        if done.exit != 0:
            raise SandboxError(f"`{line}` failed in the sandbox (exit {done.exit}): {done.output.strip()[-2000:]}")
        return done.output

    def set_cpu_shares(self, cpu_shares: int = CPU_SHARES) -> None:
        """Give the sandbox *cpu_shares* for when there is not CPU enough for all; raises SandboxError when refused."""
        if cpu_shares == self._cpu_shares:
            return
        try:
            self.get_wrapped_container().update(cpu_shares=cpu_shares)
        except APIError as refused:
            reason = refused.explanation
            raise SandboxError(f"The engine refused to give a sandbox {cpu_shares} CPU shares: {reason}") from refused
        self._cpu_shares = cpu_shares

    def put(self, files: Mapping[str, bytes], folder: str = PROJECT_DIR) -> None:
        """Write *files* (path below *folder* → content; a path ending in .sh is made executable) into the sandbox."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime = len(content), int(time.time())
                entry.mode = 0o755 if name.endswith(".sh") else 0o644
                tar.addfile(entry, io.BytesIO(content))
        self.get_wrapped_container().put_archive(folder, archive.getvalue())

    def _await_engine(self) -> None:
        container = self.get_wrapped_container()
        try:
            wait_until(
                self._engine_answers,
                deadline_s=ENGINE_DEADLINE_S,
                expected="the sandbox's engine to answer",
                where=f"container {container.short_id}",
                next_step=f"read its log: docker logs {container.short_id}",
            )
        except WaitTimeout as timeout:
            raise SandboxError(f"{timeout}. {self._end_of_log()}") from None

    def _engine_answers(self) -> bool:
        container = self.get_wrapped_container()
        if container.exec_run(["docker", "info"]).exit_code == 0:
            return True
        container.reload()
        if container.status not in ("created", "running"):
            raise SandboxError(f"The sandbox {container.short_id} is {container.status}. {self._end_of_log()}")
        return False

    def _end_of_log(self) -> str:
        log = self.get_wrapped_container().logs(tail=20).decode(errors="replace").strip()
        return f"The end of its log: {log or 'none'}"


def sweep(client: docker.DockerClient) -> int:
    """Remove sandboxes whose run has ended without removing them; returns how many. Kept ones stay."""
    orphans = [
        container
        for container in client.containers.list(all=True, filters=everything_ours(), ignore_removed=True)
        if KEPT not in container.labels and owner_is_gone(container.labels.get(OWNER, ""))
    ]
    for orphan in orphans:
        try:
            orphan.remove(force=True, v=True)
        except (APIError, NotFound):
            continue
    return len(orphans)
