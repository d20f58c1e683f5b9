"""Build the images outside the sandbox: the base of all images, and that of the sandbox itself."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, BuildError, ImageNotFound

from drills.common.packages import may_install
from drills.common.progress import step
from drills.sandbox.engine import install_packages
from drills.sandbox.errors import SandboxError
from drills.sandbox.labels import PROJECT, label

if TYPE_CHECKING:
    from collections.abc import Iterable

    import docker

IMAGES = Path(__file__).parent / "images"
DEBIAN = "debian:trixie-slim"
SUITE = "trixie"
BOOTSTRAP_LIMIT_S = 900.0
BUNDLED_PACKAGES = "ca-certificates,python3,python3-venv"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """Return a digest: 12 hex digits over *words* and the names, modes and bytes of the files in *paths*."""
    hasher = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files_in(paths)):
        hasher.update(f"\0{path.name}\0{path.stat().st_mode}\0".encode() + path.read_bytes())
    return hasher.hexdigest()[:12]


def base_image(client: docker.DockerClient) -> str:
    """Return the tag of the base image, made first where it is missing: from the registry, or Debian's packages."""
    tag = f"{PROJECT}/base:{digest_of([IMAGES / 'base'], SUITE)}"
    if _has(client, tag):
        return tag
    origin = _origin(client)
    with step(f"build the base image on {origin}"):
        context = {path.name: path.read_bytes() for path in files_in([IMAGES / "base"])}
        context["ca-certificates.crt"] = CERTIFICATES.read_bytes() if CERTIFICATES.exists() else b""
        _build(client, tag, context, {"ORIGIN": origin}, "base")
    return tag


def sandbox_image(client: docker.DockerClient, base: str) -> str:
    """Return the tag of the sandbox image, built first where it is missing."""
    tag = f"{PROJECT}/sandbox:{digest_of([IMAGES / 'sandbox'], base)}"
    if not _has(client, tag):
        with step("build the sandbox image (an engine of its own, Compose, psql, redis-cli, curl, jq)"):
            context = {path.name: path.read_bytes() for path in files_in([IMAGES / "sandbox"])}
            _build(client, tag, context, {"BASE": base}, "sandbox")
    return tag


def _origin(client: docker.DockerClient) -> str:
    """Return an image of plain Debian: the registry's where one answers, else one made from Debian's packages."""
    if _has(client, DEBIAN):
        return DEBIAN
    try:
        with step(f"pull {DEBIAN}"):
            client.images.pull(DEBIAN)
    except APIError:
        return _bootstrap(client)
    return DEBIAN


def _bootstrap(client: docker.DockerClient) -> str:
    tag = f"{PROJECT}/origin:{SUITE}"
    if _has(client, tag):
        return tag
    if shutil.which("mmdebstrap") is None:
        if not may_install():
            raise SandboxError(
                f"No image registry answers and mmdebstrap is not installed: install mmdebstrap, or load {DEBIAN} "
                "into the Docker engine, and run this again."
            )
        with step("install mmdebstrap"):
            install_packages("mmdebstrap")
    with step("no registry answers: bootstrap the base from Debian's packages"), tempfile.TemporaryDirectory() as work:
        root = Path(work) / "root.tar"
        command = ["mmdebstrap", "--variant=minbase", f"--include={BUNDLED_PACKAGES}", SUITE, str(root)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=BOOTSTRAP_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise SandboxError(f"mmdebstrap did not end within {BOOTSTRAP_LIMIT_S:g} s: see its mirror.") from None
        if done.returncode:
            raise SandboxError(f"mmdebstrap failed (exit {done.returncode}): {done.stderr.strip().splitlines()[-1]}")
        changes = [f"LABEL {name}={value}" for name, value in label("origin").items()]
        client.api.import_image(str(root), repository=tag.split(":", maxsplit=1)[0], tag=SUITE, changes=changes)
    return tag


def _build(
    client: docker.DockerClient, tag: str, context: dict[str, bytes], arguments: dict[str, str], name: str
) -> None:
    try:
        client.images.build(
            fileobj=_archive(context), custom_context=True, tag=tag, buildargs=arguments, labels=label(name), rm=True
        )
    except (APIError, BuildError) as error:
        raise SandboxError(f"The {name} image could not be built: {error}") from error


def _archive(files: dict[str, bytes]) -> io.BytesIO:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if name.endswith(".sh") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    archive.seek(0)
    return archive


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files of *paths*, folders and single files, without Python's bytecode."""
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
    return [path for path in found if "__pycache__" not in path.parts]


def _has(client: docker.DockerClient, tag: str) -> bool:
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    return True
