"""One shell for the lines of a step, tested with a shell of this machine at a terminal of its own."""

from __future__ import annotations

import os
import pty
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.common.waiting import WaitTimeout, wait_until
from drills.sandbox.shell import BETWEEN, COMMAND, Shell, ShellEnded, environment
from drills.sandbox.terminal import ENVIRONMENT, TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a0b1c2d3e4f5"


class LocalTerminal:
    """A terminal of this machine with a shell on it."""

    def __init__(self, folder: Path) -> None:
        self.early = b""
        self.killed: list[int] = []
        self._pid, self._file = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a run that a script put in the background ignores it
            os.execvpe(COMMAND[0], list(COMMAND), {**os.environ, **ENVIRONMENT, **environment(TOKEN)})

    def fileno(self) -> int:
        return self._file

    def recv(self, size: int) -> bytes:
        try:
            return os.read(self._file, size)
        except OSError:  # how a terminal says that nobody has it open any more
            return b""

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]

    def kill(self, session: int) -> None:
        self.killed.append(session)
        for process in _of(session):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def exit_code(self) -> int | None:
        try:
            _, status = wait_until(
                lambda: os.waitpid(self._pid, os.WNOHANG),
                done=lambda seen: seen[0] == self._pid,
                deadline_s=10,
                expected="the shell to end",
                where="this machine",
                next_step="",
            )
        except WaitTimeout:
            return None
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        os.close(self._file)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _of(session: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getsid(int(entry.name)) == session:
                yield int(entry.name)


@pytest.fixture
def terminal(tmp_path: Path) -> LocalTerminal:
    return LocalTerminal(tmp_path)


@pytest.fixture
def shell(terminal: LocalTerminal) -> Iterator[Shell]:
    with Shell(terminal, TOKEN) as shell:
        yield shell


def printed(shell: Shell, *lines: str) -> str:
    """Type *lines*, and return what the last one printed."""
    *before, last = lines
    for line in before:
        shell.run(line)
    return shell.run(last).output


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        pytest.param(("cd /usr", "pwd"), "/usr\n", id="folder"),
        pytest.param(("WORDS='a  b'", 'echo "$WORDS"'), "a  b\n", id="variable"),
        pytest.param(("declare -A map; map[a]=1", "echo ${map[a]}"), "1\n", id="array"),
        pytest.param(("hello() { echo hi; }", "hello"), "hi\n", id="function"),
        pytest.param(("for i in 1 2\ndo\n  echo $i\ndone",), "1\n2\n", id="loop over lines"),
        pytest.param(("cat <<'EOF'\n$HOME \\n é\n\n  in\nEOF",), "$HOME \\n é\n\n  in\n", id="here-document"),
        pytest.param(("false", "echo $?"), "1\n", id="exit code of the line before"),
        pytest.param(("sleep 60 &", "jobs %1 | grep -c Running"), "1\n", id="job in the background"),
        pytest.param(("echo " + "x" * 20_000 + " | wc -c",), "20001\n", id="longer than a terminal takes"),
        pytest.param(("printf 'no end'",), "no end", id="no line end"),
        pytest.param(("tty >/dev/null && echo yes",), "yes\n", id="terminal"),
        pytest.param(("env | grep -c drills_; true",), "0\n", id="environment"),
        pytest.param(("echo '\\' \"\\\\\"",), "\\ \\\n", id="backslashes"),
        pytest.param(("set -x", "set +x", "echo after"), "after\n", id="trace"),
        pytest.param(("cd /nonexistent", "echo on"), "on\n", id="a failure in the middle"),
    ],
)
def test_what_a_line_does_holds_for_the_next(shell: Shell, lines: tuple[str, ...], output: str) -> None:
    assert printed(shell, *lines) == output


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("true", 0, ""),
        ("(exit 3)", 3, ""),
        ("no-such-program --now", 127, "no-such-program: command not found"),
        ("/etc/passwd", 126, "Permission denied"),
        ("$ ls", 127, "$: command not found"),
        ("echo )", 2, "syntax error near unexpected token"),
        ("if true; then", 2, "syntax error: unexpected end of file"),
    ],
)
def test_each_line_has_its_own_exit_code(shell: Shell, line: str, code: int, words: str) -> None:
    ran = shell.run(line)
    assert ran.exit == code
    assert words in ran.output
    assert printed(shell, "echo on") == "on\n"


@pytest.mark.parametrize("line", ["cat", "read -r line; echo $line", "python3 -c 'print(input())'"])
def test_a_command_that_reads_does_not_take_the_next_line(shell: Shell, line: str) -> None:
    assert shell.run(line, stdin="typed").output.count("typed") == 2  # the terminal's echo, and the command's own
    assert printed(shell, "echo next") == "next\n"


def test_a_command_that_reads_gets_an_end_of_input(shell: Shell) -> None:
    assert shell.run("cat", limit_s=20).exit == 0


def test_what_is_typed_at_a_command_that_has_ended_is_dropped(shell: Shell, tmp_path: Path) -> None:
    shell.run("sleep 2.6", stdin="touch stray\ntouch other")
    assert printed(shell, "ls") == ""
    assert list(tmp_path.iterdir()) == []


def test_an_output_cannot_pass_for_the_end_of_a_line(shell: Shell) -> None:
    ran = shell.run("printf '\\036'; printf '\\036%s 5 5\\036' guess; set | cat; (exit 4)")
    assert ran.exit == 4
    assert "_drills_status" in ran.output


def test_a_command_that_hangs_is_ended_with_all_it_started(shell: Shell) -> None:
    ran = shell.run("cat; sleep 60; echo never", limit_s=1)
    assert (ran.exit, ran.bounded) == (TIMED_OUT, False)
    assert "never" not in ran.output
    assert printed(shell, "echo on") == "on\n"


def test_a_command_that_never_ends_is_read_briefly_and_the_shell_goes_on(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("seen\n", encoding="utf-8")
    ran = shell.run("tail -n 1 -f log")
    assert (ran.output, ran.exit, ran.bounded) == ("seen\n", 0, True)
    assert printed(shell, "echo on") == "on\n"


def test_a_command_that_ignores_ctrl_c_takes_its_shell_with_it(shell: Shell, terminal: LocalTerminal) -> None:
    assert shell.run("trap '' INT HUP; sleep 61", limit_s=0.5).exit == TIMED_OUT
    assert terminal.killed
    with pytest.raises(ShellEnded, match=r"`trap '' INT HUP; sleep 61` did not end, and its shell was ended with it"):
        shell.run("echo on")


@pytest.mark.parametrize(("line", "code"), [("exit 3", 3), ("exec true", 0), ("kill -9 $$", -9), ("set -e; false", 1)])
def test_a_line_that_ends_the_shell_is_named(shell: Shell, line: str, code: int) -> None:
    assert shell.run(line).exit == code
    with pytest.raises(ShellEnded) as ended:
        shell.run("echo on")
    assert f"`{line}` ended the shell" in str(ended.value)


def test_a_shell_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(f"{__name__}.COMMAND", ("true",))
    with Shell(LocalTerminal(tmp_path), TOKEN) as shell, pytest.raises(ShellEnded, match="the shell was not ready"):
        shell.run("echo on")


def test_what_was_printed_before_the_shell_was_waited_for_counts(terminal: LocalTerminal) -> None:
    while terminal.early.count(BETWEEN) < 2:  # the whole prompt: nothing more comes before a line is typed
        terminal.early += terminal.recv(65536)
    with Shell(terminal, TOKEN) as shell:
        assert shell.run("echo on").output == "on\n"


def test_what_runs_in_the_background_is_hung_up_with_the_shell(terminal: LocalTerminal, tmp_path: Path) -> None:
    with Shell(terminal, TOKEN) as shell:
        shell.run("(trap 'touch hung-up; exit' HUP; while :; do sleep 0.05; done) & sleep 0.2")
        session = int(shell.run("echo $$").output)
    wait_until(
        lambda: list(_of(session)),
        done=lambda processes: not processes,
        deadline_s=10,
        expected="no process",
        where="the session of the shell",
        next_step="see what ignored the hang-up",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["hung-up"]


def test_an_error_in_the_block_ends_the_shell_by_force(terminal: LocalTerminal) -> None:
    with pytest.raises(KeyboardInterrupt), Shell(terminal, TOKEN):
        raise KeyboardInterrupt
    assert terminal.killed
