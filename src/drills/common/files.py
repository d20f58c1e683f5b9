"""Write files atomically: a file is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

READABLE = 0o644


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary file beside *path* that takes its place when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes files for their owner alone; a report may be read by all that may read its folder.
        temporary.chmod(READABLE)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write *text* to *path* as UTF-8, all or nothing, and return *path*."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
