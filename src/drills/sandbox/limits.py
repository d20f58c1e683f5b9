"""How much of this machine one sandbox may take, so that no line typed in it can bring the machine down."""

from __future__ import annotations

import os
from typing import Final

MIB: Final = 2**20
KEPT_SHARE: Final = 8
"""One part in so many of the machine's memory stays out of reach of a sandbox."""
PROCESSES: Final = 4096
"""Processes and threads of a sandbox whose descriptor does not say how many: an eighth of the 32768 ids that any Linux
has. The reference stack at rest has 370."""

DISK_MIB: Final = 4096
"""The disk of a sandbox whose descriptor does not say how large, in MiB: what the images of a dozen services take."""
BOOT_DEADLINE_S: Final = 300.0
"""How long a boot may take where the descriptor does not say: images are pulled, and applications make their tables."""


def memory_mib(wanted_mib: int | None, machine_mib: int) -> int:
    """Return the memory (MiB) of a sandbox: what its descriptor asks for, and never all of the machine's. Pure."""
    most = machine_mib - machine_mib // KEPT_SHARE
    return most if wanted_mib is None else min(wanted_mib, most)


def machine_mib() -> int:
    """Return the memory of this machine in MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB
