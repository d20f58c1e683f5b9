"""One shell in the sandbox for the lines of a step; what it cannot do with a shell of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.sandbox.console import programs
from drills.sandbox.shell import ShellEnded
from drills.sandbox.terminal import TIMED_OUT

if TYPE_CHECKING:
    from drills.drill.sandbox_pool import SandboxPool
    from drills.sandbox.stack import Stack

pytestmark = pytest.mark.sandbox


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


def test_what_a_line_sets_holds_for_the_next(stack: Stack) -> None:
    with stack.shell() as shell:
        assert shell.run("pwd").output == "/srv/project\n"
        shell.run("cd /tmp; NAME=redis")
        assert shell.run('pwd; docker exec "$NAME" redis-cli ping').output == "/tmp\nPONG\n"
        assert shell.run("for n in 1 2\ndo\n  echo $n\ndone").output == "1\n2\n"
        assert shell.run("no-such-program").exit == 127


def test_sql_is_typed_into_an_open_psql(stack: Stack) -> None:
    line, sql = "docker exec -it postgres psql -U schedgen -d schedgen", "SELECT 6 * 7 AS answer;"
    with stack.shell() as shell:
        ran = shell.run(line, stdin=sql)
        assert (ran.exit, shell.run("echo next").output) == (0, "next\n")
    alone = stack.sandbox.run(line, stdin=sql)
    assert "42" in ran.output
    assert ran.output.splitlines() == alone.output.splitlines()


def test_a_command_that_hangs_or_never_ends_leaves_the_shell(stack: Stack) -> None:
    with stack.shell() as shell:
        assert shell.run("docker logs -f backend").bounded
        assert shell.run("sleep 4712", limit_s=1).exit == TIMED_OUT
        assert shell.run("pgrep -f 'sleep 471[2]'").exit == 1


def test_a_shell_that_ends_is_named_and_one_that_hangs_is_killed(stack: Stack) -> None:
    with stack.shell() as shell:
        assert shell.run("exit 3").exit == 3
        with pytest.raises(ShellEnded, match="`exit 3` ended the shell"):
            shell.run("true")
    with stack.shell() as shell:
        assert shell.run("trap '' INT HUP TERM; sleep 4713", limit_s=1).exit == TIMED_OUT
    assert stack.sandbox.run("pgrep -f 'sleep 471[3]'").exit == 1


def test_nothing_of_a_shell_is_left(stack: Stack) -> None:
    with stack.shell() as shell:
        shell.run("sleep 4714 &")
    assert stack.sandbox.run("pgrep -f 'sleep 471[4]|_drills_ende[d]'").exit == 1


def test_the_list_of_the_consoles_programs_is_that_of_its_image(stack: Stack) -> None:
    listed = stack.sandbox.run("compgen -c | grep -v '^_' | LC_ALL=C sort -u").output.split()
    assert programs() == frozenset(listed)
