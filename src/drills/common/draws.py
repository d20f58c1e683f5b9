"""Random draws that shape load, data and order: all come from the one seed of a run.

Identities that only have to be unique (a request's id, a run's) and secrets are not drawn here.
"""

from __future__ import annotations

import random
from typing import Final

DRAWS: Final = random.Random()  # noqa: S311 - variety that can be repeated, never secrecy
"""The draws of this process, which differ from run to run until they are seeded."""


def begin(seed: int, *names: str) -> None:
    """Begin the sequence of draws that belongs to *seed* and *names*; each set of names has a sequence of its own."""
    DRAWS.seed(sequence(seed, *names))


def sequence(seed: int, *names: str) -> str:
    """Return what a sequence of draws is seeded with; another process can be given it."""
    return "/".join((str(seed), *names))


def token() -> str:
    """Return eight hexadecimal digits."""
    return f"{DRAWS.getrandbits(32):08X}"
