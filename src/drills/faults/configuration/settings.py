"""Settings in the project's `.env`; a helper of the faults, and no fault itself. Healing restores the shipped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.drill.system import System


def change(system: System, **values: object) -> None:
    """Write settings to `.env`; they take effect when a container is created.

    Raises SandboxError when `.env` has no line for one of them.
    """
    for name, value in values.items():
        system.stack.sandbox.check_output(
            f"sed -i 's/^{name}=.*/{name}={value}/' .env && grep -q '^{name}={value}$' .env"
        )


def read(system: System, name: str) -> str:
    """Return what `.env` says of the setting *name*, which is nothing where it has no such line."""
    return system.stack.sandbox.check_output(f"sed -n 's/^{name}=//p' .env").strip()
