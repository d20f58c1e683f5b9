"""Make the folder of this machine that has what a stack's clients need; it is removed with the sandbox."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from drills.sandbox.labels import PROJECT, owner_is_gone, this_owner

OWNER_FILE = "owner"


def new_folder(*, kept: bool = False) -> Path:
    """Make a folder that only this user may enter; one that is *kept* names no owner, so no later run removes it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PROJECT}-"))
    if not kept:
        (folder / OWNER_FILE).write_text(this_owner(), encoding="utf-8")
    return folder


def sweep_folders() -> None:
    """Remove the folders of runs that were killed, as far as they are this user's."""
    for file in Path(tempfile.gettempdir()).glob(f"{PROJECT}-*/{OWNER_FILE}"):
        try:
            owner = file.read_text(encoding="utf-8")
        except OSError:
            continue
        if owner_is_gone(owner):
            shutil.rmtree(file.parent, ignore_errors=True)
