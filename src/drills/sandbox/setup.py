"""Set up all that a drill needs below Python (engine, images, image store), and remove it again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drills.common.progress import say, step
from drills.sandbox import engine
from drills.sandbox.errors import EngineMissingError
from drills.sandbox.image_store import drop_old_stores, prepared_store
from drills.sandbox.images import base_image, sandbox_image
from drills.sandbox.labels import PROJECT, everything_ours
from drills.sandbox.sandbox import sweep
from drills.sandbox.scratch_folder import sweep_folders

if TYPE_CHECKING:
    import docker

    from drills.sandbox.descriptor import Descriptor

STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / PROJECT
"""Log and process id of an engine that the set-up started: an installed package's own folder may not be writable."""


@dataclass(frozen=True)
class Prepared:
    """What the set-up leaves ready: the sandbox's image, and the volume with the service images, if any are built."""

    sandbox_image: str
    store: str | None


def prepare(descriptor: Descriptor) -> Prepared:
    """Make the engine, the images and the image store ready, each only where it is missing."""
    client = engine.ensure(STATE)
    swept = sweep(client)
    sweep_folders()
    if swept:
        say(f"  removed {swept} sandbox{'es' if swept > 1 else ''} that a killed run had left")
    base = base_image(client)
    image = sandbox_image(client, base)
    store = prepared_store(client, image, base, descriptor) if descriptor.build else None
    drop_old_stores(client, store, descriptor.name)
    return Prepared(image, store)


def clean() -> None:
    """Remove every container, image, network and volume that carries our label, and the engine if we started it.

    Raises EngineMissingError when no engine answers: containers of a stopped engine come back with it.
    """
    try:
        client = engine.connect()
    except EngineMissingError:
        raise EngineMissingError(
            "No Docker engine answers here, so clean cannot tell what is left: start it, and run this again."
        ) from None
    with step("remove our containers, images, networks and volumes"):
        _remove_all(client)
    if engine.stop_ours(STATE):
        say("  stopped the Docker engine that the set-up had started")


def _remove_all(client: docker.DockerClient) -> None:
    for container in client.containers.list(all=True, filters=everything_ours(), ignore_removed=True):
        container.remove(force=True, v=True)
    for network in client.networks.list(filters=everything_ours()):
        network.remove()
    for volume in client.volumes.list(filters=everything_ours()):
        volume.remove(force=True)
    # An image is removed before the image that it is based on.
    images = client.images.list(filters=everything_ours())
    for image in sorted(images, key=lambda image: image.attrs["Created"], reverse=True):
        client.images.remove(str(image.id), force=True)
