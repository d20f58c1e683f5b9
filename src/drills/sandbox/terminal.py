"""Type one line at a terminal inside a sandbox, exactly as a responder would, and return what it printed."""

from __future__ import annotations

import contextlib
import re
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.errors import APIError

if TYPE_CHECKING:
    from docker.models.containers import Container

LIMIT_S = 180.0
"""How long a documented command may run before it counts as hanging, unless the caller gives a limit."""
ENDLESS_LIMIT_S = 2.0
"""How long a command runs that never ends by itself (`watch`, `logs -f`): long enough for one full screen."""
TIMED_OUT = 124
KILLED = 137
"""The exit code of `timeout` for a command that ignored its first signal."""
SILENCE_S = 0.3
NOTHING_PRINTED_S = 2.0
END_OF_INPUT = b"\x04"
ENVIRONMENT = {
    "TERM": "xterm",
    "LANG": "C.UTF-8",
    # The same commands, without cursor movements that would make a transcript unreadable.
    "COMPOSE_ANSI": "never",
    "COMPOSE_PROGRESS": "plain",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}
_ENDLESS = re.compile(
    r"^\s*(?:sudo\s+)?(?:watch\b|(?:h|io|a)?top\b(?!.*-b)|tail\b.*\s-[fF]"
    r"|docker(?:-compose| compose)? logs\b.*\s(?:-f|--follow)\b"
    r"|(?:kubectl|oc|stern|podman)\b.*\blogs\b.*\s(?:-f|--follow)\b|(?:kubectl|oc)\b.*\bget\b.*\s(?:-w|--watch)\b"
    r"|(?:kubectl|oc)\b.*\s(?:port-forward|proxy)\b|journalctl\b.*\s(?:-f|--follow)\b|docker stats\b(?!.*--no-stream)"
    r"|docker events\b(?!.*--until)|redis-cli\b.*\s(?:monitor|--stat|--latency(?:-history)?)\s*$|ping\b(?!.*\s-c)"
    r"|tcpdump\b(?!.*\s-c))",
    re.IGNORECASE,
)
# Where a full-screen program moves to another line, a transcript begins one.
_MOVE = re.compile(r"\x1b\[\d+(;\d+)?[Hd]")
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[()][AB012]|\x1b[=>78]|[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]"
)


@dataclass(frozen=True)
class Ran:
    """What came of a line: its output as text, its exit code (None: it was not typed), and its wall time in seconds.

    *bounded* says that the command never ends by itself and was ended here after one screen; its exit code is then 0.
    A command that should have ended and did not has exit code 124.
    """

    text: str
    output: str
    exit: int | None
    seconds: float
    bounded: bool = False


def type_line(
    container: Container, line: str, folder: str, *, stdin: str | None = None, limit_s: float | None = None
) -> Ran:
    """Run *line* in a login-like shell with a terminal in *folder*; *stdin* is typed once the command is listening.

    Every command gets an end of input after that, so that `psql` without `-c` ends as with Ctrl-D. After *limit_s*
    seconds the command is ended with all it started.
    """
    endless, limit = is_endless(line), limit_of(line, limit_s)
    api: Any = container.client.api  # type: ignore[union-attr]
    # `timeout` stays in the foreground or the command would lose the terminal; when it ends the session, the kernel
    # hangs up on every process that still holds the terminal.
    command = ["timeout", "--foreground", "--kill-after=2", str(limit), "bash", "-c", line]
    job = api.exec_create(
        container.id, command, tty=True, stdin=True, workdir=folder, environment=ENVIRONMENT, privileged=False
    )["Id"]
    began = time.monotonic()
    connection: Any = api.exec_start(job, tty=True, socket=True)
    widen(api, job)
    with connection:
        early = early_bytes(connection)
        raw = early + _converse(getattr(connection, "_sock", connection), input_of(stdin), began + limit + 5)
    seconds = time.monotonic() - began
    code = api.exec_inspect(job)["ExitCode"]
    late = code in (TIMED_OUT, None) or (code == KILLED and seconds >= limit)
    stopped = endless and late
    return Ran(line, clean(raw), 0 if stopped else TIMED_OUT if late else int(code), seconds, bounded=stopped)


def is_endless(line: str) -> bool:
    """Say whether the command never ends by itself, as `watch` and `logs -f`."""
    return bool(_ENDLESS.match(line))


def limit_of(line: str, limit_s: float | None) -> float:
    """Return for how many seconds *line* may run, where the caller says *limit_s* or nothing."""
    return limit_s or (ENDLESS_LIMIT_S if is_endless(line) else LIMIT_S)


def input_of(stdin: str | None) -> bytes:
    """Return what is typed at a command that reads its input: whole lines, and the end of input."""
    raw = (stdin or "").encode()
    return raw + (b"" if not raw or raw.endswith(b"\n") else b"\n") + END_OF_INPUT


def clean(raw: bytes) -> str:
    """Turn a terminal's bytes into text: no control sequences, no carriage returns."""
    text = _MOVE.sub("\n", raw.decode(errors="replace").replace("\r\n", "\n"))
    return _CONTROL.sub("", text).replace("\r", "\n").lstrip("\n")


def widen(api: Any, job: str) -> None:
    """Make the window wide and tall: no wrapped lines, no pager. A command may have ended before we get here."""
    with contextlib.suppress(APIError):
        api.exec_resize(job, height=1000, width=250)


def early_bytes(connection: Any) -> bytes:
    """Return what came in one piece with the head of the engine's answer.

    The client has read that into a buffer and returns the socket below it. On a busy machine a short command has
    printed everything by then: its transcript would be empty.
    """
    answer = getattr(connection, "_response", None)
    if answer is None:
        return b""
    sock = connection._sock  # noqa: SLF001 - the library offers no other way to what it has read
    timeout_s = sock.gettimeout()
    sock.settimeout(0)  # only what is there
    try:
        return bytes(answer.raw._fp.fp.peek())  # noqa: SLF001
    finally:
        sock.settimeout(timeout_s)


def _converse(sock: Any, stdin: bytes, until: float) -> bytes:
    output, typed, last = bytearray(), False, time.monotonic()
    while time.monotonic() < until:
        ready, _, _ = select.select([sock], [], [], SILENCE_S)
        if ready:
            chunk = sock.recv(65536)
            if not chunk:
                break
            output += chunk
            last = time.monotonic()
        elif not typed and (output or time.monotonic() - last > NOTHING_PRINTED_S):
            # The command has stopped printing, or prints nothing at all: if it reads input, it waits for it now.
            sock.sendall(stdin)
            typed = True
    return bytes(output)
