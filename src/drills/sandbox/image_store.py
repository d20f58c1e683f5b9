"""The image store of the inner engines: built once inside a builder sandbox, copied by every sandbox after that."""

from __future__ import annotations

import json
import shlex
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from docker.errors import NotFound

from drills.common.bounded import locked
from drills.common.progress import step
from drills.common.waiting import WaitTimeout
from drills.sandbox.errors import SandboxError
from drills.sandbox.images import digest_of, files_in
from drills.sandbox.labels import LABEL, OWNER, PROJECT, STACK, everything_ours, label, this_owner
from drills.sandbox.sandbox import Plan, Sandbox

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import docker

    from drills.sandbox.descriptor import Descriptor

BUILD_LIMIT_S = 1200.0
INBOX = "/srv"
READY = "-ready"
"""An empty volume of the store's name and this ending says that the build came to its end."""
YOUNG = timedelta(minutes=30)
LIST = Path("images", "images.toml")
"""What the images are, in the order they are built, relative to the stack's folder."""


class StoreVolume(Protocol):
    """A volume of the outer engine that holds images for inner ones."""

    attrs: dict[str, Any]

    @property
    def name(self) -> str:
        """The volume's name."""

    def remove(self, *, force: bool) -> None:
        """Remove the volume; raises NotFound when it is gone."""


def prepared_store(client: docker.DockerClient, sandbox_image: str, base: str, descriptor: Descriptor) -> str:
    """Return the volume that holds the service images of a stack, built first where it is missing.

    Its name carries a digest of all that goes into the images, so a change makes a new store. Raises SandboxError with
    the end of the build's output, and leaves no half-made store behind.
    """
    sources = [descriptor.folder / name for name in descriptor.build]
    name = f"{PROJECT}-store-{digest_of(sources, base)}"
    # One process at a time looks for a store and builds it: two test workers ask for the same one at once.
    with _alone():
        if not _exists(client, name + READY):
            _build(client, name, sandbox_image, base, descriptor)
    return name


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with locked(Path(tempfile.gettempdir()) / f"{PROJECT}-store.lock", BUILD_LIMIT_S + 60):
            yield
    except WaitTimeout as timeout:
        raise SandboxError(str(timeout)) from None


def drop_old_stores(client: docker.DockerClient, current: str | None, stack: str) -> None:
    """Remove the stores of earlier versions of *stack*.

    A store stays that a sandbox mounts, that is younger than 30 minutes, or that belongs to another stack: a checkout
    of another version has a store of its own, and minutes may pass before its sandbox mounts that.
    """
    remove_stores(client.volumes.list(filters=everything_ours()), stack, wanted={current, *_mounted(client)})


def remove_stores(stores: Iterable[StoreVolume], stack: str, *, wanted: Collection[str | None]) -> None:
    """Remove the *stores* of *stack*, and those that name no stack, unless they are young or their name is *wanted*."""
    for store in stores:
        kept = store.name.removesuffix(READY) in wanted or _stack_of(store) not in {stack, None}
        if not kept and _age(store) > YOUNG:
            with suppress(NotFound):  # every worker of a parallel run does this, and another one was faster
                store.remove(force=True)


def _build(client: docker.DockerClient, name: str, sandbox_image: str, base: str, descriptor: Descriptor) -> None:
    if _exists(client, name):
        client.volumes.get(name).remove(force=True)  # half-made: its build was killed
    volumes = client.volumes.list(filters=everything_ours())
    ready = [store.name for store in volumes if store.name.endswith(READY) and _stack_of(store) == descriptor.name]
    previous = ready[-1].removesuffix(READY) if ready else None
    labels = {**label("store"), STACK: descriptor.name}
    volume = client.volumes.create(name, labels=labels)
    builder = Sandbox(Plan(image=sandbox_image, engine_volume=name, store=previous, internet=True))
    try:
        with step("build the service images inside a builder sandbox"):
            builder.start()
            _fill(client, builder, base, descriptor)
    except BaseException:
        builder.remove()
        volume.remove(force=True)
        raise
    builder.remove()
    client.volumes.create(name + READY, labels=labels)


def _fill(client: docker.DockerClient, builder: Sandbox, base: str, descriptor: Descriptor) -> None:
    _hand_over_base(client, builder, base)
    builder.put(build_context(descriptor))
    listed = _listed(descriptor)
    on_base = [image for image in listed if image.get("base")]
    with ThreadPoolExecutor(len(on_base) or None) as pool:
        list(pool.map(lambda image: _build_one(builder, image, BASE=base), on_base))
    for image in listed:
        if image not in on_base:
            _build_one(builder, image)
    builder.check_output("docker image prune -f")
    # The engine ends before the store is copied, so that nothing of the store is only in its memory.
    builder.get_wrapped_container().stop(timeout=60)


def build_context(descriptor: Descriptor) -> dict[str, bytes]:
    """Return the files that the stack's images are built from, by their names below its folder."""
    return {
        str(path.relative_to(descriptor.folder)): path.read_bytes()
        for path in files_in(descriptor.folder / name for name in descriptor.build)
    }


def _listed(descriptor: Descriptor) -> list[dict[str, Any]]:
    """Return the tables of images.toml; a stack without that file builds no images."""
    path = descriptor.folder / LIST
    if not path.exists():
        return []
    listed: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["image"]
    return listed


def build_line(image: Mapping[str, Any], **arguments: str) -> str:
    """Return the line that builds *image*, a table of images.toml, with *arguments* beside those it lists itself."""
    given = (image.get("args", {}) | arguments).items()
    options = "".join(f"--build-arg {name}={value} " for name, value in given)
    return f"DOCKER_BUILDKIT=0 docker build -q {options}-t {image['tag']} -f images/{image['file']} ."


def _build_one(builder: Sandbox, image: Mapping[str, Any], **arguments: str) -> None:
    with step(f"build {image['tag']}"):
        builder.check_output(build_line(image, **arguments), limit_s=BUILD_LIMIT_S)


def _hand_over_base(client: docker.DockerClient, builder: Sandbox, base: str) -> None:
    """Give the builder's engine the base image, as one flat layer under the same tag."""
    if builder.run(f"docker image inspect {base}").exit == 0:
        return
    source = client.api.create_container(base, "true", labels={**label("export"), OWNER: this_owner()})["Id"]
    try:
        content = b"".join(client.api.export(source))
    finally:
        client.api.remove_container(source, force=True)
    builder.put({"base.tar": content}, INBOX)
    changes = " ".join(f"--change {shlex.quote(line)}" for line in _environment_of(client, base))
    builder.check_output(
        f"docker import {changes} {INBOX}/base.tar {base} && rm {INBOX}/base.tar", limit_s=BUILD_LIMIT_S
    )


def _environment_of(client: docker.DockerClient, image: str) -> list[str]:
    variables = client.images.get(image).attrs["Config"].get("Env") or []
    return [f"ENV {name}={json.dumps(value)}" for name, _, value in (variable.partition("=") for variable in variables)]


def _stack_of(volume: StoreVolume) -> str | None:
    """Return the name of the stack whose images a store holds; None for a store that an earlier version made."""
    name: str | None = (volume.attrs.get("Labels") or {}).get(STACK)
    return name


def _age(volume: StoreVolume) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(volume.attrs["CreatedAt"])


def _exists(client: docker.DockerClient, volume: str) -> bool:
    try:
        client.volumes.get(volume)
    except NotFound:
        return False
    return True


def _mounted(client: docker.DockerClient) -> set[str]:
    containers = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    return {mount.get("Name", "") for container in containers for mount in container.attrs.get("Mounts", [])}
