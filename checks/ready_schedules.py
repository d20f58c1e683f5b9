"""Draw whole schedules; `python -m checks.ready_schedules` draws the files of checks/ready anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import schedules
from checks.drawing import table

if TYPE_CHECKING:
    from fpdf import FPDF


def printed(kind: schedules.Printed, token: str) -> FPDF:
    """Return a schedule of the *kind*."""
    return table(kind.title, (kind.columns, *kind.rows), token)


def main() -> None:
    """Draw the files of checks/ready."""
    schedules.READY.mkdir(exist_ok=True)
    for kind, name in schedules.KINDS.items():
        (schedules.READY / f"{name}.pdf").write_bytes(schedules.drawn(kind, schedules.READY_LENGTH))
    locked = printed(schedules.LECTURES, "SYN-LOCKED")
    locked.set_encryption(owner_password="owner", user_password="reader")  # noqa: S106  (nothing is kept behind it)
    (schedules.READY / "encrypted.pdf").write_bytes(locked.output())


if __name__ == "__main__":
    main()
