"""Draw the documents that lie ready; `python -m checks.schedules.draw_ready` draws them anew."""

from __future__ import annotations

from checks.schedules.documents import KINDS, READY, READY_LENGTH, drawn
from checks.schedules.drawing import schedule
from checks.schedules.printed import LECTURES


def main() -> None:
    """Draw the files of checks/schedules/ready."""
    READY.mkdir(exist_ok=True)
    for kind, name in KINDS.items():
        (READY / f"{name}.pdf").write_bytes(drawn(kind, READY_LENGTH))
    locked = schedule(LECTURES, "SYN-LOCKED")
    locked.set_encryption(owner_password="owner", user_password="reader")  # noqa: S106  (nothing is kept behind it)
    (READY / "encrypted.pdf").write_bytes(locked.output())


if __name__ == "__main__":
    main()
