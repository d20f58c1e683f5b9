"""Make the guest's disk: Debian with its engine, the sandbox's images in that engine's store, and this project."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from drills.common.progress import step
from drills.sandbox.image_store import READY
from drills.sandbox.labels import OWNER, label, this_owner
from drills.sandbox.sandbox import Plan, Sandbox

if TYPE_CHECKING:
    import docker

    from tests.host.plan import GuestPlan

PROJECT = Path(__file__).parents[2]
RELEASES = {(3, 11): "bookworm", (3, 13): "trixie"}
"""The release of Debian whose Python can load the compiled packages of this one."""
PACKAGES = (
    *("linux-image-cloud-amd64", "systemd-sysv", "udev", "dbus", "kmod"),
    *("docker.io", "iptables", "iproute2", "procps", "python3", "ca-certificates"),
    "python3-async-timeout",  # for redis' client on a Python before 3.11.3, which that of bookworm is
)
CLIENT = "docker-cli"
"""Apart from the engine in newer releases."""
SIZE = "12G"
LIMIT_S = 1200.0
ENGINE = "var/lib/docker"
UNIT = """[Unit]
After=docker.service
Requires=docker.service

[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/sh /srv/project/tests/host/guest.sh
StandardOutput=file:/dev/hvc0
StandardError=file:/dev/hvc0
"""
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", "output", "__pycache__", ".*_cache", "node_modules", "records"),
    *("driver", "mypy", "*mypyc*", "pip", "uv"),
)


class GuestDiskError(Exception):
    """The disk could not be made; the text says which program failed, and its last words."""


def make(client: docker.DockerClient, plan: GuestPlan, folder: Path) -> Path:
    """Make the disk in *folder* and return its root folder, from which the guest's kernel is started, beside it."""
    root = folder / "root"
    with step(f"bootstrap Debian {release()} with a kernel and an engine"):
        _bootstrap(root)
    with step("put the sandbox's images into the guest's engine"):
        _fill_engine(client, plan, root / ENGINE)
    _put_project(plan, root)
    with step("make the guest's disk"):
        disk = folder / "disk.img"
        _run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-d", str(root), str(disk), SIZE])
    return root


def release() -> str:
    """Return the release of Debian for the guest; raises GuestDiskError where there is none for this Python."""
    version = sys.version_info[:2]
    if version not in RELEASES:
        known = " or ".join(".".join(map(str, each)) for each in RELEASES)
        raise GuestDiskError(f"the guest runs this environment's packages, so its Python has to be {known}")
    return RELEASES[version]


def _bootstrap(root: Path) -> None:
    packages = PACKAGES if release() == "bookworm" else (*PACKAGES, CLIENT)
    _run(["mmdebstrap", "--variant=minbase", f"--include={','.join(packages)}", release(), str(root)])
    (root / "etc/fstab").write_text("/dev/vda / ext4 defaults,noatime 0 0\n", encoding="utf-8")


def _put_project(plan: GuestPlan, root: Path) -> None:
    shutil.copytree(PROJECT, root / "srv/project", ignore=LEFT_OUT)
    shutil.copytree(sysconfig.get_path("purelib"), root / "srv/packages", ignore=LEFT_OUT)
    plan.write(root / "srv/plan.json")
    unit = root / "etc/systemd/system/proofs.service"
    unit.write_text(UNIT, encoding="utf-8")
    wanted = unit.parent / "multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / unit.name).symlink_to(f"../{unit.name}")


def _fill_engine(client: docker.DockerClient, plan: GuestPlan, engine: Path) -> None:
    """Let an engine on this machine load the images: under emulation, that alone would take a quarter of an hour."""
    volume = client.volumes.create(labels=label("host-test"))
    try:
        with Sandbox(Plan(image=plan.image, engine_volume=volume.name)) as builder:
            container = builder.get_wrapped_container()
            _shell(f"docker save {plan.base} {plan.image} | docker exec -i {container.id} docker load -q")
            container.stop(timeout=60)
        _copy(plan, volume.name, engine, "image overlay2")
    finally:
        volume.remove(force=True)
    for store in plan.stores:
        _copy(plan, store, engine / "volumes" / store / "_data", ".")
        (engine / "volumes" / (store + READY) / "_data").mkdir(parents=True)


def _copy(plan: GuestPlan, volume: str, target: Path, names: str) -> None:
    """Copy *names* of a volume as they are, extended attributes and device nodes included."""
    target.mkdir(parents=True, exist_ok=True)
    labels = " ".join(f"--label {name}={value}" for name, value in {**label("export"), OWNER: this_owner()}.items())
    archive = "tar --xattrs --xattrs-include='*'"
    _shell(
        f"docker run --rm --network none {labels} -v {volume}:/store:ro --entrypoint /bin/sh {plan.image} "
        f'-c "{archive} -C /store -cf - {names}" | {archive} -C {target} -xf -'
    )


def _shell(line: str) -> None:
    _run(["bash", "-o", "pipefail", "-c", line])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if done.returncode:
        raise GuestDiskError(f"{command[0]} failed (exit {done.returncode}): {done.stderr.strip()[-1000:]}")
