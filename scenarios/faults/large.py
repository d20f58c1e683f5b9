"""Students who upload scans: files of several MiB, with a drawing that is as much work as two dozen schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.sandbox.sandbox import CPU_SHARES
from scenarios.faults import pdfs, settings
from scenarios.faults.students import Students

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System

STUDENTS = 8
MIB = 6
STROKES = 2400
WORKER_CPUS = 0.2
FIRST = 16 * CPU_SHARES
"""Beside a drill that starts ten workers, a sandbox like any other left this one a tenth of its share for seconds."""
LARGE = """SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing') AND "sizeBytes" > %s"""


class LargePdfs(Fault):
    """A few students, each with a large file at a time: the worker never has a moment without one.

    They go on whatever is done to the stack; a file that is refused is tried again.
    """

    name = "large pdfs"

    def __init__(self) -> None:
        self._students: Students | None = None

    def prepare(self, system: System) -> None:
        """Set up one worker that gets its share of a core on a busy machine, too: less would look like less to do."""
        system.stack.sandbox.set_cpu_shares(FIRST)
        settings.change(system, WORKER_REPLICAS=1)
        settings.small_workers(system, WORKER_CPUS)
        settings.apply(system, "worker")
        pdfs.scanned(MIB, STROKES)  # drawing takes a moment: it shall not look like the fault's own time

    def inject(self, system: System) -> None:
        """Let the students come."""
        self._students = Students(system, pdfs.scanned(MIB, STROKES), STUDENTS)
        self._students.come()

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres for large files that wait for a worker or are with one."""
        count = system.count_rows(LARGE, MIB * pdfs.MIB)
        return Confirmation(
            ok=count > STUDENTS // 2,
            channel="table jobs",
            expected=f"more than {STUDENTS // 2} files over {MIB} MiB that are not done",
            seen=f"{count} of them",
        )

    def reapply_load(self, system: System) -> None:  # noqa: ARG002 - the students know where to go
        """Let the students come again."""
        if self._students:
            self._students.come()

    def acknowledged(self) -> tuple[str, ...]:
        """Return every file that was accepted; whoever asks for the account sends the students home."""
        if self._students is None:
            return ()
        self._students.leave()
        return self._students.jobs

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the students."""
        return self._students.threads if self._students else ()

    def stop(self) -> None:
        """Send the students home."""
        if self._students:
            self._students.leave()
