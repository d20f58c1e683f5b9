"""Lines of the runbook run in the sandbox as a responder would type them."""

import json

import pytest

from drills.drill.sandbox_pool import SandboxPool
from drills.faults.network.port_conflict import END, LISTEN
from drills.sandbox.stack import Stack
from drills.sandbox.terminal import TIMED_OUT, Ran

pytestmark = pytest.mark.sandbox


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


def fine(ran: Ran) -> str:
    assert ran.exit == 0, f"`{ran.text}` ended with {ran.exit}: {ran.output}"
    return ran.output


def test_health_is_asked_at_the_runbooks_address(stack: Stack) -> None:
    output = fine(stack.sandbox.run("curl http://localhost:3000/health"))
    assert json.loads(output[output.index("{") :])["status"] == "ok"


def test_a_service_restarts_by_its_name(stack: Stack) -> None:
    started = "docker inspect --format '{{.State.StartedAt}}' backend"
    before = fine(stack.sandbox.run(started))
    fine(stack.sandbox.run("docker-compose restart backend"))
    assert fine(stack.sandbox.run(started)) > before
    fine(stack.sandbox.run("docker-compose up -d --wait"))


def test_sql_is_typed_into_an_open_psql(stack: Stack) -> None:
    ran = stack.sandbox.run("docker exec -it postgres psql -U schedgen -d schedgen", stdin="SELECT 6 * 7 AS answer;")
    assert "42" in fine(ran)
    assert ran.seconds < 10


def test_psql_ends_when_nothing_is_typed(stack: Stack) -> None:
    ran = stack.sandbox.run("docker exec -it postgres psql -U schedgen -d schedgen")
    assert "schedgen=#" in fine(ran)
    assert ran.seconds < 10


@pytest.mark.parametrize(("pager", "code"), [("", 0), ("-e PSQL_PAGER=more ", TIMED_OUT)], ids=["none", "more"])
def test_a_long_answer_is_not_kept_back_by_a_pager(stack: Stack, pager: str, code: int) -> None:
    line = f"docker exec -it {pager}postgres psql -U schedgen -d schedgen -c 'SELECT generate_series(1, 4711)'"
    ran = stack.sandbox.run(line, limit_s=3)
    assert ran.exit == code
    assert ("--More--" in ran.output) == bool(pager)
    assert ("(4711 rows)" in ran.output) != bool(pager)


def test_containers_are_measured(stack: Stack) -> None:
    output = fine(stack.sandbox.run("docker stats --no-stream"))
    row = next(line for line in output.splitlines() if " backend " in line)
    assert "MiB / 512MiB" in row


def test_a_rollback_with_nothing_to_roll_back_says_so(stack: Stack) -> None:
    ran = stack.sandbox.run("./scripts/rollback.sh")
    assert ran.exit == 2
    assert "releases.log names no earlier release" in ran.output


def test_watch_prints_one_screen(stack: Stack) -> None:
    ran = stack.sandbox.run("watch -n 5 'curl -s http://localhost:3000/api/jobs/metrics | jq .waiting'")
    assert fine(ran).split()[-1].isdigit()
    assert ran.bounded
    assert ran.seconds < 6


def test_a_followed_log_is_read_briefly(stack: Stack) -> None:
    stack.sandbox.run("curl -s http://localhost:8000/api/jobs/nonsense")
    ran = stack.sandbox.run("docker logs -f backend")
    assert fine(ran).strip()
    assert ran.bounded


def test_quotes_and_pipes_are_the_shells(stack: Stack) -> None:
    line = """docker exec redis redis-cli ECHO "it's \\"quoted\\"" | tr a-z A-Z | grep -c 'QUOTED'"""
    output = fine(stack.sandbox.run(line))
    assert output == "1\n"


@pytest.mark.parametrize("line", ["sleep 4711", "sleep 4711 | cat", "cat; sleep 4711"])
def test_a_line_that_hangs_is_ended_with_all_it_started(stack: Stack, line: str) -> None:
    ran = stack.sandbox.run(line, limit_s=1)
    assert ran.exit == TIMED_OUT
    assert stack.sandbox.run("pgrep -f 'sleep 471[1]'").exit == 1


def test_ports_are_listed(stack: Stack) -> None:
    assert ":3000 " in fine(stack.sandbox.run("netstat -tulpn"))


def test_releases_are_in_the_log(stack: Stack) -> None:
    assert fine(stack.sandbox.run("git log --oneline -10")).strip().endswith("Release 1.0.0")


def test_a_command_that_is_not_there_fails(stack: Stack) -> None:
    ran = stack.sandbox.run("no-such-command")
    assert ran.exit == 127
    assert "command not found" in ran.output


def test_a_file_is_put_where_lines_find_it(stack: Stack) -> None:
    stack.sandbox.put({"deep/hello.sh": b"#!/bin/sh\necho hello\n"}, "/tmp")
    assert fine(stack.sandbox.run("/tmp/deep/hello.sh")) == "hello\n"


def test_a_program_that_is_slow_to_leave_the_terminal_is_not_hung_up_with_it(stack: Stack) -> None:
    slow = """#!/bin/sh\nshift\n(sleep 1; exec /usr/bin/setsid "$@") &\n"""
    stack.sandbox.put({"setsid.sh": slow.encode()}, "/tmp")
    fine(stack.sandbox.run("mkdir -p /tmp/slow && mv /tmp/setsid.sh /tmp/slow/setsid"))
    fine(stack.sandbox.run("PATH=/tmp/slow:$PATH; " + LISTEN.format(port=3999)))
    fine(stack.sandbox.run("fuser -s 3999/tcp"))
    fine(stack.sandbox.run(END + " /tmp/slow"))
