"""The output folder: whether it can be written to, and that no other run writes to it meanwhile."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable

RUN: Final = ".run"
"""What runs keep for themselves in the output folder."""
PROBE: Final = bytes(64 * 1024)
"""So much has to fit: a full disk still takes a small file."""


class OutputError(ValueError):
    """An output folder that cannot be used; the text is one sentence."""


def usable(given: str | Path) -> Path:
    """Return the folder that *given* names, made where it was missing; raises OutputError when it cannot be written."""
    if not str(given):
        raise OutputError("--output '': the name is empty; name a folder.")
    try:
        folder = Path(given).expanduser()
        if folder.resolve() == Path(folder.resolve().anchor):
            raise OutputError(f"--output {given}: this is the root of the file system; name a folder of its own.")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"--output {given!s:.200}: no folder that can be written to ({_why(error)}).") from None
    return folder


def claim(folder: Path) -> Callable[[], None]:
    """Keep *folder* for this process and return how to let it go; raises OutputError while another one has it.

    The kernel lets it go when the process dies.
    """
    owner, lock = folder / RUN / "owner", FileLock(folder / RUN / "lock")
    (folder / RUN).mkdir(exist_ok=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise OutputError(
            f"--output {folder}: in use by {_read(owner)}; wait for its end, or name another folder."
        ) from None
    # No command line: a target's password may stand in it.
    owner.write_text(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
    return lock.release


def _read(owner: Path) -> str:
    try:
        return owner.read_text(encoding="utf-8") or "another run"
    except OSError:
        return "another run"


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
