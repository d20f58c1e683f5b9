"""Students who upload scans: files of several MiB, with a drawing that is as much work as two dozen schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.configuration import settings
from drills.sandbox.sandbox import CPU_SHARES
from scenarios.helpers import large_pdfs, services
from scenarios.helpers.students import Students

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System
    from drills.load.ledger import Promise

STUDENTS = 8
MIB = 6
STROKES = 2400
WORKER_CPUS = 0.2
FIRST = 16 * CPU_SHARES
"""Beside a drill that starts ten workers, a sandbox like any other left this one a tenth of its share for seconds."""
LARGE = """SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing') AND "sizeBytes" > %s"""


class LargePdfFiles(Fault):
    """A few students, each with a large file at a time: the worker is never without one.

    They go on whatever is done to the stack; a file that is refused is tried again.
    """

    name = "large pdf files"

    def __init__(self) -> None:
        self._students: Students | None = None

    def prepare(self, system: System) -> None:
        """Set up one worker that gets its share of a core beside other drills, too: with less it would seem idle."""
        system.stack.sandbox.set_cpu_shares(FIRST)
        settings.change(system, WORKER_REPLICAS=1)
        services.small_workers(system, WORKER_CPUS)
        services.recreate(system, "worker")
        large_pdfs.scanned(MIB, STROKES)  # drawing takes a moment, which shall not count as the fault's own time

    def inject(self, system: System) -> None:
        """Let the students begin."""
        self._students = Students(system, large_pdfs.scanned(MIB, STROKES), STUDENTS, large_pdfs.DESERVES)
        self._students.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres for large files that are waiting or being read."""
        count = system.count_rows(LARGE, MIB * large_pdfs.MIB)
        return Confirmation(
            ok=count > STUDENTS // 2,
            channel="table jobs",
            expected=f"more than {STUDENTS // 2} files over {MIB} MiB that are not done",
            seen=f"{count} of them",
        )

    def reapply_load(self, system: System) -> None:  # noqa: ARG002 - the students know the address
        """Let the students begin again."""
        if self._students:
            self._students.start()

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return every file that was accepted; the students stop first, so that the account is complete."""
        if self._students is None:
            return ()
        self._students.stop()
        return self._students.jobs

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the students' threads."""
        return self._students.threads if self._students else ()

    def stop(self) -> None:
        """Stop the students."""
        if self._students:
            self._students.stop()
