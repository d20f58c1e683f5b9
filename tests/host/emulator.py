"""Run a guest under qemu without hardware support, until it powers itself off or its time is over."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

QEMU = "qemu-system-x86_64"
POLL_S = 2.0
END_S = 10.0
KERNEL_WORDS = "root=/dev/vda rw console=ttyS0 quiet mitigations=off systemd.show_status=0"


@dataclass(frozen=True)
class Guest:
    """A machine that is emulated: its disk, its kernel, and the folder that gets what it prints."""

    folder: Path
    disk: Path
    kernel: Path
    initrd: Path
    memory_mib: int = 6144
    processors: int = 2

    @property
    def console(self) -> Path:
        """Where the guest's proofs and all that they print are found."""
        return self.folder / "console.log"

    @property
    def kernel_log(self) -> Path:
        """Where the kernel's own words are found."""
        return self.folder / "kernel.log"

    def command(self) -> list[str]:
        """Return qemu's command line. The disk is not written to, and the guest's network has no way out."""
        return [
            *(QEMU, "-accel", "tcg,thread=multi", "-cpu", "max", "-nodefaults", "-no-reboot", "-display", "none"),
            *("-smp", str(self.processors), "-m", str(self.memory_mib), "-device", "virtio-rng-pci"),
            *("-kernel", str(self.kernel), "-initrd", str(self.initrd), "-append", KERNEL_WORDS),
            *("-drive", f"file={self.disk},if=virtio,format=raw,cache=unsafe", "-snapshot"),
            *("-netdev", "user,id=net,restrict=on", "-device", "virtio-net-pci,netdev=net"),
            *("-device", "virtio-serial-pci", "-chardev", f"file,id=console,path={self.console}"),
            *("-device", "virtconsole,chardev=console", "-serial", f"file:{self.kernel_log}"),
        ]


def lacking() -> str | None:
    """Say what this machine lacks to emulate another one, None when it has all."""
    programs = {QEMU: "qemu-system-x86", "mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs"}
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    return f"apt-get install {' '.join(missing)}" if missing else None


def run(guest: Guest, limit_s: float) -> bool:
    """Emulate *guest*; returns whether it powered itself off within *limit_s* seconds. It is ended in any case."""
    ends = time.monotonic() + limit_s
    process = subprocess.Popen(guest.command(), stdin=subprocess.DEVNULL)
    try:
        while process.poll() is None and time.monotonic() < ends:
            time.sleep(POLL_S)
        return process.poll() == 0
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_S)
