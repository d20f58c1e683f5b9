"""Find the Docker engine of this machine; install and start one where this process may."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import docker
from docker.context import ContextAPI
from docker.errors import DockerException

from drills.common import packages
from drills.common.network import is_loopback
from drills.common.progress import step
from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox.errors import EngineMissingError, SandboxError

START_DEADLINE_S = 60.0
API_TIMEOUT_S = 600
INSTALL_ADVICE = (
    "No Docker engine answers here, and only as root on Debian or Ubuntu can this set-up install one: "
    "install Docker Engine 20.10 or newer (https://docs.docker.com/engine/install/), start it, and run this again."
)


def connect() -> docker.DockerClient:
    """Return a client of the first engine that answers, and point DOCKER_HOST at it for the libraries we use.

    Raises EngineMissingError when none answers, SandboxError when the only one is on another machine: a drill
    publishes its ports on 127.0.0.1 and would not reach it, and faults never go to a remote host unasked.
    """
    for url in _candidates():
        # This comes before any request: an address that drops packets would block for minutes.
        _refuse_remote(url)
        client = _ping(url)
        if client is not None:
            os.environ["DOCKER_HOST"] = url
            return client
    raise EngineMissingError(INSTALL_ADVICE)


def ensure(state_dir: Path) -> docker.DockerClient:
    """Return a client as connect() does; where no engine answers and this process may, install and start one first.

    The log and the process id of an engine that was started here are in *state_dir*, so that clean can end it.
    """
    try:
        return connect()
    except EngineMissingError:
        if os.environ.get("DOCKER_HOST"):
            raise EngineMissingError(
                f"No Docker engine answers at DOCKER_HOST={os.environ['DOCKER_HOST']}: start it there, or unset "
                "DOCKER_HOST to use the engine of this machine."
            ) from None
        if not packages.may_install():
            raise
    if shutil.which("dockerd") is None:
        with step("install a Docker engine (docker.io, from this system's packages)"):
            install_packages("docker.io", *_command_line_client())
    with step("start the Docker engine"):
        return _start(state_dir)


def install_packages(*names: str) -> None:
    """Install Debian packages; raises SandboxError with the last lines that apt printed."""
    try:
        packages.install(*names)
    except packages.PackageError as error:
        raise SandboxError(str(error)) from error


def stop_ours(state_dir: Path) -> bool:
    """End the engine that ensure() started, if it did and it still runs; returns whether there was one to end."""
    pid_file = state_dir / "dockerd.pid"
    if not pid_file.exists():
        return False
    pid = int(pid_file.read_text(encoding="utf-8"))
    pid_file.unlink()
    if "dockerd" not in _command_of(pid):
        return False
    os.kill(pid, 15)
    with suppress(WaitTimeout):  # an engine that takes longer has the signal to end all the same
        wait_until(
            lambda: _command_of(pid),
            done=lambda command: not command,
            deadline_s=START_DEADLINE_S,
            expected="dockerd to end",
            where=f"process {pid}",
            next_step="read its log",
        )
    return True


def _command_line_client() -> list[str]:
    # Newer releases ship the docker command apart from the engine; a person enters a kept sandbox with it.
    return ["docker-cli"] if shutil.which("docker") is None and packages.is_known("docker-cli") else []


def _candidates() -> list[str]:
    """Return where an engine may listen, in the order in which the docker command itself would try."""
    named = os.environ.get("DOCKER_HOST")
    if named:
        return [named]
    home, runtime = Path.home(), os.environ.get("XDG_RUNTIME_DIR", "/run/user/0")
    sockets = [
        Path("/var/run/docker.sock"),
        Path(runtime) / "docker.sock",
        home / ".docker/run/docker.sock",
        home / ".docker/desktop/docker.sock",
        home / ".colima/default/docker.sock",
    ]
    return list(dict.fromkeys([*_context_host(), *(f"unix://{path}" for path in sockets if path.exists())]))


def _context_host() -> list[str]:
    try:
        context = ContextAPI.get_current_context()
    except (DockerException, OSError, ValueError):
        return []
    host = getattr(context, "Host", None)
    return [str(host).replace("http+unix://", "unix://")] if host else []


def _ping(url: str) -> docker.DockerClient | None:
    try:
        client = docker.DockerClient(base_url=url, timeout=API_TIMEOUT_S)
        client.ping()
    except (DockerException, OSError, ValueError):
        return None
    return client


def _refuse_remote(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "unix" and not is_loopback(parts.hostname or ""):
        raise SandboxError(
            f"The Docker engine at {url} is on another machine; drills run on a local engine only, since their "
            "ports are published on 127.0.0.1. Unset DOCKER_HOST or choose a local context."
        )


def _start(state_dir: Path) -> docker.DockerClient:
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "dockerd.log"
    with log.open("wb") as sink:
        engine = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
        )
    (state_dir / "dockerd.pid").write_text(str(engine.pid), encoding="utf-8")
    try:
        wait_until(
            lambda: _answers(engine, log),
            deadline_s=START_DEADLINE_S,
            expected="dockerd to answer",
            where=f"process {engine.pid}",
            next_step=f"read {log}",
        )
    except WaitTimeout as timeout:
        raise SandboxError(str(timeout)) from None
    return connect()


def _answers(engine: subprocess.Popen[bytes], log: Path) -> bool:
    if engine.poll() is not None:
        raise SandboxError(f"dockerd ended with exit code {engine.returncode} right after its start; read {log}")
    try:
        connect()
    except EngineMissingError:
        return False
    return True


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
