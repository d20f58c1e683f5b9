"""The drill of large files needs the worker's whole share of a core, so its sandbox has more CPU shares than others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.sandbox.sandbox import CPU_SHARES
from scenarios.faults.large_pdf_files import LargePdfFiles

if TYPE_CHECKING:
    from drills import System
    from tests.helpers.quiet_system import QuietSandbox


def test_sandbox_weighs_more_than_any_other(system: System, sandbox: QuietSandbox) -> None:
    LargePdfFiles().prepare(system)
    (shares,) = sandbox.cpu_shares
    assert shares > CPU_SHARES
