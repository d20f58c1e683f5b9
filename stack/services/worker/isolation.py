"""Where parsing runs: in a thread of the worker, or in child processes whose memory has a limit.

A child costs about 15 MiB and is used again and again. When a file exhausts its memory, hangs or kills it, that attempt
alone fails, and the next one gets a new child.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stack.services.worker.parser import Schedule, parse
from stack.services.worker.tables import ScheduleError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from stack.services.worker.settings import Parsing

MIB = 1024 * 1024
GRACE_S = 1.0  # beyond the parser's own limit, before its process is killed
_processes = multiprocessing.get_context("forkserver")


class Parser(Protocol):
    """Parses files; `parse` raises ScheduleError when a file cannot be read."""

    async def parse(self, content: bytes) -> Schedule:
        """Return the schedule in *content*."""

    def close(self) -> None:
        """Let go of threads and processes."""


class InProcess:
    """Parse in threads of the worker's own process: fast, and a file that takes all memory takes the worker along."""

    def __init__(self, settings: Parsing) -> None:
        self._limit_s = settings.timeout_s
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="parse")

    async def parse(self, content: bytes) -> Schedule:
        """Return the schedule in *content*; raises ScheduleError."""
        work = asyncio.get_running_loop().run_in_executor(self._threads, parse, content, self._limit_s)
        try:
            return await asyncio.wait_for(work, self._limit_s + GRACE_S)
        except TimeoutError as error:
            raise ScheduleError(f"the file was not read within {self._limit_s:g} s") from error

    def close(self) -> None:
        """Stop taking files; a parse under way is abandoned."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Isolated:
    """Parse in child processes of at most `memory_mib` each, one a concurrent file."""

    def __init__(self, settings: Parsing) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="parse")
        self._idle = [_Child(settings) for _ in range(settings.concurrency)]
        _processes.set_forkserver_preload([parse.__module__])

    async def parse(self, content: bytes) -> Schedule:
        """Return the schedule in *content*; raises ScheduleError, also when the child did not survive it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._parse, content)

    def _parse(self, content: bytes) -> Schedule:
        child = self._idle.pop()  # never empty: there are as many children as threads
        try:
            return child.parse(content)
        finally:
            self._idle.append(child)

    def close(self) -> None:
        """Kill the children."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._idle:
            child.kill()


class _Child:
    """One child process, started when it is first needed and again after it died."""

    def __init__(self, settings: Parsing) -> None:
        self._settings = settings
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def parse(self, content: bytes) -> Schedule:
        pipe = self._started()
        try:
            pipe.send_bytes(content)
            if not pipe.poll(self._settings.timeout_s + GRACE_S):
                self.kill()
                raise ScheduleError(f"the file was not read within {self._settings.timeout_s:g} s")
            answer = pipe.recv()
        except (EOFError, OSError) as error:
            self.kill()
            raise ScheduleError("the parser died on this file") from error
        if isinstance(answer, Schedule):
            return answer
        raise ScheduleError(str(answer))

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self.kill()
            self._pipe, theirs = _processes.Pipe()
            self._process = _processes.Process(target=_serve, args=(theirs, self._settings), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def kill(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join(GRACE_S)
            self._process = None


def _serve(pipe: Connection, settings: Parsing) -> None:
    """Parse what comes through *pipe* until it closes; runs in the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = settings.memory_mib * MIB
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # When the container itself runs short, the kernel shall take this process and not the worker.
    Path("/proc/self/oom_score_adj").write_text("1000")
    with suppress(EOFError):
        while True:
            pipe.send(_answer(pipe.recv_bytes(), settings))


def _answer(content: bytes, settings: Parsing) -> Schedule | str:
    try:
        return parse(content, settings.timeout_s)
    except ScheduleError as error:
        return str(error)
    except MemoryError:
        return f"the file needs more than {settings.memory_mib} MiB of memory"


def parser(settings: Parsing) -> Parser:
    """Return the parser that the settings ask for."""
    return Isolated(settings) if settings.memory_mib else InProcess(settings)
