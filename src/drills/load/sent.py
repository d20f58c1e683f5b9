"""Record when each request was sent, beside the ledger, which has no row of a request before its outcome."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Sent:
    """Notes each request of one ledger the moment it is sent."""

    def __init__(self, ledger: Path) -> None:
        self._file = os.open(_beside(ledger), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def note(self) -> None:
        """Note that a request is sent now."""
        os.write(self._file, f"{time.monotonic():.3f}\n".encode())


def sent_times(ledger: Path) -> list[float]:
    """Return when each request was sent, in seconds of this machine's monotonic clock."""
    path = _beside(ledger)
    if not path.is_file():
        return []
    text = path.read_text(encoding="ascii")
    return [float(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def _beside(ledger: Path) -> Path:
    return ledger.with_suffix(".sent")
