"""The terminal's command for a line and its reading of the output, tested with a socket in place of an engine."""

import socket
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from drills.sandbox.terminal import ENDLESS_LIMIT_S, LIMIT_S, TIMED_OUT, Ran, clean, type_line


@dataclass
class Engine:
    """A fake of the engine's API: it sends *output*, closes the connection, and reports *code*."""

    output: bytes = b""
    code: int | None = 0
    asked: list[str] = field(default_factory=list)

    def exec_create(self, _container: str, command: list[str], **_options: Any) -> dict[str, str]:
        self.asked = command
        return {"Id": "job"}

    def exec_start(self, _job: str, **_options: Any) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            theirs.sendall(self.output)
        return ours

    def exec_resize(self, _job: str, **_size: int) -> None:
        pass

    def exec_inspect(self, _job: str) -> dict[str, int | None]:
        return {"ExitCode": self.code}


def typed(engine: Engine, line: str, **options: Any) -> Ran:
    container: Any = SimpleNamespace(id="sandbox", client=SimpleNamespace(api=engine))
    return type_line(container, line, "/srv", **options)


@pytest.mark.parametrize(
    "line",
    [
        "watch -n 5 'curl -s http://localhost:3000/api/jobs/metrics | jq .waiting'",
        "docker logs -f backend",
        "docker logs backend --tail 100 --follow",
        "docker-compose logs -f",
        "docker compose logs --tail=5 -f pdf-worker",
        "top",
        "tail -f /var/log/syslog",
        "  tail -n 5 -F /var/log/syslog",
        "sudo journalctl -u nginx -f",
        "kubectl logs -n shop deploy/web --follow",
        "oc get pods -w",
        "kubectl port-forward svc/web 8080:80",
        "docker stats",
        "docker events --filter container=web",
        "redis-cli -p 6380 monitor",
        "ping db1",
    ],
)
def test_a_command_that_never_ends_is_read_briefly(line: str) -> None:
    engine = Engine(code=TIMED_OUT)
    ran = typed(engine, line)
    assert str(ENDLESS_LIMIT_S) in engine.asked
    assert ran.bounded
    assert ran.exit == 0


@pytest.mark.parametrize(
    "line",
    [
        "docker logs --tail 100 backend",
        "docker logs backend --tail 50",
        "docker-compose logs --tail=100 backend",
        "docker-compose -f compose.yaml restart backend",
        "top -b -n 1 | head -20",
        "tail -n 20 releases.log",
        "echo watch",
        "git log --oneline -10",
        "./scripts/watch-folder.sh -f",
    ],
)
def test_a_command_that_ends_has_time_to(line: str) -> None:
    engine = Engine(code=TIMED_OUT)
    ran = typed(engine, line)
    assert str(LIMIT_S) in engine.asked
    assert not ran.bounded
    assert ran.exit == TIMED_OUT


def test_the_line_goes_to_the_shell_byte_for_byte() -> None:
    engine = Engine()
    line = """docker exec redis redis-cli "KEYS" 'bull:*'  | wc -l"""
    typed(engine, line)
    assert engine.asked[-2:] == ["-c", line]


@pytest.mark.parametrize(
    "line", ["docker stats --no-stream", "ping -c 3 db1", "kubectl logs web", "top -b -n 1", "redis-cli monitoring"]
)
def test_a_command_that_ends_has_the_time_it_needs(line: str) -> None:
    engine = Engine()
    typed(engine, line)
    assert str(LIMIT_S) in engine.asked


def test_a_callers_own_limit_holds_for_an_endless_command_too() -> None:
    engine = Engine()
    typed(engine, "watch date", limit_s=7.5)
    assert "7.5" in engine.asked


@pytest.mark.parametrize("code", [0, 1, 2, 127])
def test_the_exit_code_is_the_commands_own(code: int) -> None:
    assert typed(Engine(code=code), "true").exit == code


def test_an_endless_command_that_failed_by_itself_has_failed() -> None:
    ran = typed(Engine(b"No such container: backend\r\n", code=1), "docker logs -f backend")
    assert (ran.exit, ran.bounded) == (1, False)


def test_a_command_still_running_when_we_left_has_timed_out() -> None:
    assert typed(Engine(code=None), "true").exit == TIMED_OUT


def test_a_command_that_ignored_its_first_signal_has_timed_out() -> None:
    assert typed(Engine(code=137), "true", limit_s=1e-9).exit == TIMED_OUT


def test_a_command_that_something_else_killed_reports_that() -> None:
    assert typed(Engine(code=137), "true").exit == 137


def test_the_output_is_kept_as_text() -> None:
    assert typed(Engine(b"a\r\nb\r\n"), "true").output == "a\nb\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"one\r\ntwo\r\n", "one\ntwo\n", id="line ends"),
        pytest.param(b"\x1b[1;32mok\x1b[0m\n", "ok\n", id="colours"),
        pytest.param(b"\x1b[?25l\x1b[2Jgone\x1b[?25h", "gone", id="cursor and screen"),
        pytest.param(b"\x1b]0;title\x07prompt", "prompt", id="window title"),
        pytest.param(b"\x1b(Bplain\x1b=", "plain", id="character sets"),
        pytest.param(b"\x1b[Hfirst\x1b[2;1Hsecond", "first\nsecond", id="a screen's lines"),
        pytest.param(b"10%\r20%\r30%", "10%\n20%\n30%", id="a counter"),
        pytest.param(b"a\x00b\x7f\x08c", "abc", id="control characters"),
        pytest.param("Zürich \u2713".encode(), "Zürich \u2713", id="other scripts"),
        pytest.param(b"bad \xff byte", "bad \ufffd byte", id="no text"),
        pytest.param(b"tab\there", "tab\there", id="tabs stay"),
    ],
)
def test_a_transcript_is_plain_text(raw: bytes, text: str) -> None:
    assert clean(raw) == text
