"""One shell at a terminal: lines are typed into it as a responder does, so that `cd` and variables hold."""

from __future__ import annotations

import re
import select
import time
from typing import TYPE_CHECKING, Protocol, Self

from drills.sandbox.terminal import NOTHING_PRINTED_S, SILENCE_S, TIMED_OUT, Ran, clean, input_of, is_endless, limit_of

if TYPE_CHECKING:
    from types import TracebackType

COMMAND = ("bash", "--noprofile", "--norc", "--noediting", "-i")
"""An interactive shell: Ctrl-C ends a command and not the shell, and each command has the terminal to itself."""
READY_S = 30.0
"""How long a shell may take on a busy machine to start, to begin a line, and to end."""
INTERRUPTED_S = 2.0
"""How long a command may take to end after Ctrl-C, before its shell is ended with all that it started."""
INTERRUPT = b"\x03"
HANG_UP = 'for _drills_job in $(jobs -p); do kill -HUP -- "-$_drills_job"; done 2>/dev/null; kill -HUP $$'
"""Closes the shell as its terminal's window would: what runs in its background is hung up, unless under `nohup`."""
PIECE = 700
"""Bytes of a line that are sent in one: a terminal takes no more than 4,095, and each byte is sent as up to five."""
BETWEEN = b"\x1e"
_BEGUN = re.compile(BETWEEN)
_CHANGED = re.compile(rb"[^ -\[\]-~]")
"""Bytes that a terminal or `printf` may change; each is sent as its octal number."""
# Before each prompt the shell says how the command before ended, and reads the next one. The token is random, and the
# control character around it stands in none of the shell's variables: no output passes for the marker. What was typed
# at a command that had ended by then begins with no token and is dropped, so no command takes the next one's line. The
# terminal echoes nothing while the shell reads, and is as a program expects it while a command runs.
# It is one line, or a syntax error of the first line typed would be said to be in a later one.
_DRIVER = """
{ _drills_ended=$?; export -n PROMPT_COMMAND PS1 PS2 HISTFILE; } 2>/dev/null;
_drills_status() { return "$1"; };
while :; do
{ _drills_set=$-; set +x; jobs >/dev/null; : "$(stty sane -echo <&0)"; } 2>/dev/null;
printf '\\036%s %d %d\\036' TOKEN "$_drills_ended" "$$";
_drills_text= _drills_lost=0;
while :; do
if ! IFS= read -r _drills_line; then (( ++_drills_lost < 1000 )) || exit 1; continue; fi;
case $_drills_line in TOKEN.) break ;; TOKEN:*) _drills_text+=${_drills_line#TOKEN:} ;; esac;
done;
printf -v _drills_text %b "$_drills_text"; : "$(stty echo <&0)"; printf '\\036';
case $_drills_set in *x*) set -x ;; esac;
case $_drills_set in *e*) ;; *) _drills_status "$_drills_ended" ;; esac; eval "$_drills_text";
{ _drills_ended=$?; } 2>/dev/null;
done
""".replace("\n", " ").strip()


class ShellEnded(Exception):  # noqa: N818 - an outcome: it is recorded with the line that could not be typed any more
    """The line was not typed, because its shell had ended; the text says what ended it."""


class Connection(Protocol):
    """The terminal of a shell, how the shell is ended by force, and how it ended.

    *early* is what was printed before it was waited for.
    """

    early: bytes

    def fileno(self) -> int:
        """Return what to wait on before `recv`."""

    def recv(self, size: int, /) -> bytes:
        """Return what was printed, at most *size* bytes; nothing once the shell has ended."""

    def sendall(self, data: bytes, /) -> None:
        """Type *data*."""

    def kill(self, session: int) -> None:
        """End every process of the *session*, which the shell leads."""

    def exit_code(self) -> int | None:
        """Return what the shell ended with, which it is about to; None where it did not end."""

    def close(self) -> None:
        """Leave the terminal."""


def environment(token: str) -> dict[str, str]:
    """Return the variables that make an interactive bash take its lines from a `Shell` with that *token*."""
    return {"PROMPT_COMMAND": _DRIVER.replace("TOKEN", token), "PS1": "", "PS2": "", "HISTFILE": ""}


class Shell:
    """A shell on *connection*, until the end of the block; *token* is what its environment was made with."""

    def __init__(self, connection: Connection, token: str) -> None:
        self._connection = connection
        self._token = token.encode()
        self._prompt = re.compile(BETWEEN + self._token + rb" (\d+) (\d+)" + BETWEEN)
        self._unread = bytearray(connection.early)
        self._hung_up = False
        self._session = 0
        self._ended = ""

    def __enter__(self) -> Self:
        """Wait until the shell reads its first line; a shell that does not start refuses every line."""
        _, prompt = self._until(self._prompt, READY_S)
        if prompt:
            _, self._session = prompt
        else:
            self._ended = f"the shell was not ready within {READY_S:.0f} s"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close the shell, and end by force what does not end with it."""
        try:
            if not self._ended and (kind is not None or not self._closed()):
                self._connection.kill(self._session)
        finally:
            self._connection.close()

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        """Type *line*, a whole command of one or more lines, and *stdin* once the command is listening.

        Every command gets an end of input after that, so that `psql` without `-c` ends as with Ctrl-D. After *limit_s*
        seconds it gets Ctrl-C. Raises ShellEnded when a line before has ended the shell.
        """
        if self._ended:
            raise ShellEnded(self._ended)
        began = time.monotonic()
        self._send(line)
        self._until(_BEGUN, READY_S)
        printed, prompt = self._until(self._prompt, limit_of(line, limit_s), input_of(stdin))
        seconds = time.monotonic() - began
        if prompt:
            return Ran(line, clean(printed), prompt[0], seconds)
        if self._hung_up:
            self._ended = f"`{line}` ended the shell"
            code = self._connection.exit_code()
            return Ran(line, clean(printed), TIMED_OUT if code is None else code, seconds)
        self._interrupt(line)
        bounded = is_endless(line)
        return Ran(line, clean(printed), 0 if bounded else TIMED_OUT, seconds, bounded=bounded)

    def _closed(self) -> bool:
        self._send(HANG_UP)
        return self._connection.exit_code() is not None

    def _interrupt(self, line: str) -> None:
        """End what runs with Ctrl-C, or else the shell with all that it started."""
        self._connection.sendall(INTERRUPT)
        _, prompt = self._until(self._prompt, INTERRUPTED_S)
        if prompt is None:
            self._connection.kill(self._session)
            self._until(self._prompt, READY_S)
            self._ended = f"`{line}` did not end, and its shell was ended with it"

    def _send(self, line: str) -> None:
        raw = line.encode()
        pieces = [raw[at : at + PIECE] for at in range(0, len(raw), PIECE)]
        told = b"".join(self._token + b":" + _CHANGED.sub(_escaped, piece) + b"\n" for piece in pieces)
        # The first line's end is for what was typed at a command that had ended by then.
        self._connection.sendall(b"\n" + told + self._token + b".\n")

    def _until(
        self, wanted: re.Pattern[bytes], limit_s: float, stdin: bytes | None = None
    ) -> tuple[bytes, tuple[int, ...] | None]:
        """Return what is printed before *wanted*, and its figures; None when the shell ends or the time is up first.

        *stdin* is typed once the command has stopped printing, or prints nothing at all.
        """
        began = last = time.monotonic()
        while (found := wanted.search(self._unread)) is None and time.monotonic() < began + limit_s:
            ready, _, _ = select.select([self._connection], [], [], SILENCE_S)
            now = time.monotonic()
            if ready:
                chunk = self._connection.recv(65536)
                self._hung_up = not chunk
                if self._hung_up:
                    break
                self._unread += chunk
                last = now
            elif stdin and now - last > (0.0 if self._unread else NOTHING_PRINTED_S):
                self._connection.sendall(stdin)
                stdin = None
        printed = bytes(self._unread[: found.start()] if found else self._unread)
        figures = tuple(map(int, found.groups())) if found else None
        del self._unread[: found.end() if found else None]
        return printed, figures


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\0%03o" % found[0][0]
