"""Give the sandbox's engine more time to start where the machine is emulated; a plugin of pytest as well."""

from __future__ import annotations

from drills.sandbox import sandbox

PATIENCE = 10.0
"""How many times longer than elsewhere an emulated engine may take to start."""


def grant() -> None:
    """Lengthen the deadline of this process, once."""
    sandbox.ENGINE_DEADLINE_S *= PATIENCE


pytest_configure = grant
