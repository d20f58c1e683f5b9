"""The commit of a working folder."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

CHANGED: Final = "-dirty"
"""What a commit ends with whose files were changed since: what was drilled is not that commit."""
LIMIT_S: Final = 30.0
_DESCRIBE: Final = ("git", "describe", "--always", f"--dirty={CHANGED}", "--abbrev=40", "--exclude=*")


def commit_of(folder: Path) -> str | None:
    """Return the 40 digits of the commit that *folder* is at, ending in CHANGED where its files were changed.

    Returns None where there is no git, no repository, or no commit yet.
    """
    try:
        done = subprocess.run(
            _DESCRIBE, cwd=folder, check=False, capture_output=True, text=True, timeout=LIMIT_S, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout.strip() or None) if done.returncode == 0 else None
