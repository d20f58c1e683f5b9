"""End the workers of a parallel run in order: each undoes its fault and removes its sandbox."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

END_S = 60.0
"""How long a worker may take to undo, heal and remove; pytest-xdist alone would kill it after ten seconds."""
BEGIN_S = 60.0
"""How long a new worker may take to tell its process id."""
RUN = "drills_run"
"""Under what a worker is told which run it belongs to."""
SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""What ends a run in good order beside Ctrl-C; SIGHUP comes when its terminal is closed."""
PROCESS_ID = "import os; channel.send(os.getpid())"


class Workers:
    """Interrupts the workers when their run is interrupted, and waits until they have cleaned up."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._pids: dict[str, int] = {}
        self._nodes: list[Any] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which run it belongs to."""
        node.workerinput[RUN] = self._run_id

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_newgateway(self, gateway: Any) -> None:
        """Ask a new worker for its process id, before it has anything else to do."""
        channel = gateway.remote_exec(PROCESS_ID)
        self._pids[gateway.id] = channel.receive(BEGIN_S)
        channel.waitclose(BEGIN_S)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Remember a worker by the channel that it closes at its end; before this, it has nothing to clean up."""
        self._nodes.append(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """End the workers of an interrupted run: a signal may have reached this process alone."""
        if exitstatus != pytest.ExitCode.INTERRUPTED:
            return
        running = [node for node in self._nodes if not node.channel.isclosed()]
        for node in running:
            with suppress(ProcessLookupError):
                os.kill(self._pids[node.gateway.id], signal.SIGTERM)
        for node in running:
            with suppress(node.channel.TimeoutError, node.channel.RemoteError):
                node.channel.waitclose(END_S)


def listen_to(signals: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], object]) -> None:
    """Have *handler* called for the *signals*, but for a SIGHUP that is ignored: so `nohup` starts a run."""
    for number in signals:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def end(number: int, _: FrameType | None) -> NoReturn:
    """Interrupt this process as Ctrl-C would."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def end_once(number: int, frame: FrameType | None) -> NoReturn:
    """Interrupt a worker, and ignore further signals while it cleans up: Ctrl-C may reach it twice, by two ways."""
    for ignored in (signal.SIGINT, *SIGNALS):
        signal.signal(ignored, signal.SIG_IGN)
    end(number, frame)
