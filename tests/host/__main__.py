"""`make host-test`: show that the sandbox works on a host with control groups of version 2, and drill there."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from drills.common.progress import step
from drills.sandbox import descriptor, engine, setup
from drills.sandbox.errors import SandboxError
from drills.sandbox.images import base_image
from tests.host.drill import EXAMPLE
from tests.host.emulator import Guest, lacking, run
from tests.host.guest_disk import PROJECT, GuestDiskError, make
from tests.host.lines import completed, heard, table
from tests.host.plan import GuestPlan
from tests.host.proofs import NAMES

UNTRIED = "Not tried: real speed, other kernels, engines that are not Debian's, the drills of the reference stack.\n"
OUTPUT = PROJECT / "reports/output/host-test"
FAILED, BAD_INPUT = 1, 2


def main() -> int:
    """Make the guest, run it, print the table; returns 0 when every proof held, 2 when no guest could be made."""
    options = _options()
    missing = lacking()
    if missing or os.geteuid() != 0:
        sys.stderr.write(f"host-test: {missing or 'only root can make the disk of the guest: run this as root'}\n")
        return BAD_INPUT
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the guest is ended
    folder = Path(tempfile.mkdtemp(prefix="host-test-", dir=options.work))
    try:
        return _show(_guest(folder), options.limit_s, options.output)
    except (SandboxError, GuestDiskError) as error:
        sys.stderr.write(f"host-test: {error}\n")
        return BAD_INPUT
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.host", description=__doc__)
    parser.add_argument("--limit-s", type=float, default=5400.0, help="seconds for the guest (default %(default)g)")
    parser.add_argument(
        "--work", type=Path, default=Path("/var/tmp"), help="folder with 8 GB free (default %(default)s)"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="gets what the guest printed")
    return parser.parse_args()


def _guest(folder: Path) -> Guest:
    reference = setup.prepare(descriptor.read(PROJECT / "stack/reference.toml"))
    drilled = setup.prepare(descriptor.read(EXAMPLE / "descriptor.toml"))
    client = engine.connect()
    plan = GuestPlan(base_image(client), drilled.sandbox_image, reference.store or "", drilled.store or "")
    root = make(client, plan, folder)
    kernel, initrd = (next((root / "boot").glob(f"{name}-*")) for name in ("vmlinuz", "initrd.img"))
    return Guest(folder, folder / "disk.img", kernel, initrd)


def _show(guest: Guest, limit_s: float, output: Path) -> int:
    with step("hold the proofs and the drill in the guest"):
        ended = run(guest, limit_s)
    output.mkdir(parents=True, exist_ok=True)
    for log in (guest.console, guest.kernel_log):
        shutil.copy(log, output)
    proofs = completed(heard(guest.console.read_text(encoding="utf-8", errors="replace")), NAMES)
    sys.stdout.write(table(proofs) + UNTRIED)
    if not ended:
        sys.stdout.write(f"The guest did not come to its end within {limit_s:g} s: read {output}.\n")
    return 0 if ended and all(proof.held for proof in proofs) else FAILED


if __name__ == "__main__":
    sys.exit(main())
