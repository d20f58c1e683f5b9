"""A command that did not run is named first, and says nothing of the solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.record.arm_verdict import arm_verdict
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    ACTED,
    AT_LIMIT,
    END,
    RECOVERED,
    VERIFIED,
    Story,
    command,
    documented,
    drop,
    judged,
    metric,
    placebo,
    put,
    told,
)

if TYPE_CHECKING:
    from pathlib import Path


def typed(text: str, code: int | None, output: str = "", *, purpose: str = "resolve", line: int = 212) -> Story:
    """Tell of a drill whose metric recovered all the same, but for *text* and what came of it."""
    story = drop(documented(), "command", purpose=purpose)
    at = ACTED if purpose == "resolve" else VERIFIED
    return put(story, command(purpose, at, text=text, exit=code, output=output, line=line))


@pytest.mark.parametrize(
    ("text", "code", "output", "why"),
    [
        ("foo --x", 127, "bash: foo: command not found\n", "line 212: exit 127: foo: command not found; `foo --x`"),
        ("./x.sh", 126, "bash: ./x.sh: Permission denied\n", "line 212: exit 126: ./x.sh: Permission denied"),
        ("./x.sh", 127, "", "line 212: exit 127;"),
        ("foo | head", 0, "bash: foo: command not found\n", "line 212: exit 0: foo: command not found"),
        ("echo )", 2, "bash: eval: line 1: syntax error near unexpected token `)'\n", "exit 2: syntax error near"),
        ("echo 'a", 2, "bash: eval: line 1: unexpected EOF while looking for matching `''\n", "exit 2: unexpected EOF"),
        ("docker exec x sh -c 'if'", 2, "sh: 1: Syntax error: end of file unexpected\n", "Syntax error: end of file"),
        ("docker restart <container>", 1, "bash: container: No such file\n", "<container> was never filled in"),
        ("docker restart <id>", 1, "bash: id: No such file or directory\n", "exit 1: <id> was never filled in"),
        ("curl 'http://x/<job-id>'", 0, "404", "exit 0: <job-id> was never filled in"),
        ("helm rollback {{ release }}", 1, "", "{{ release }} was never filled in"),
        ("export TOKEN=YOUR_TOKEN", 0, "", "YOUR_TOKEN was never filled in"),
        ("$ docker ps", 127, "bash: $: command not found\n", "exit 127: the prompt $ was typed with it"),
        ("root@db1:~# ls", 127, "", "the prompt root@db1:~# was typed"),
        ("kill $PID", 2, "kill: usage: kill pid\n", "exit 2: kill: usage: kill pid; no line sets $PID"),
        ("echo on", None, "not typed, because `exit 1` ended the shell", "not typed, because `exit 1` ended the shell"),
    ],
)
def test_command_that_did_not_run_is_named(text: str, code: int | None, output: str, why: str) -> None:
    found = judged(typed(text, code, output))
    assert found.verdict is Verdict.NOT_RUN
    assert found.reason.startswith("line 212: ")
    assert why in found.reason


@pytest.mark.parametrize(
    ("text", "code", "output"),
    [
        ("docker restart web", 1, "Error: No such container: web\n"),
        ("docker exec db true", 126, "OCI runtime exec failed: write /run/x: no space left on device\n"),
        ("grep '<title>' page; false", 1, ""),
        ("docker inspect -f '{{.State}}{{end}}' web", 1, ""),
        ("PID=4; kill $PID", 1, ""),
        ("kill $HOSTNAME", 1, ""),
        ("psql -c 'select 1 where a < 3 and b > 4'", 1, ""),
    ],
)
def test_command_that_ran_and_failed_refutes(text: str, code: int, output: str) -> None:
    found = judged(typed(text, code, output))
    assert found.verdict is Verdict.REFUTED
    assert f"failed with exit {code}" in found.reason


def test_reason_has_the_last_words_of_a_failed_command() -> None:
    assert "failed with exit 1: the end \\x1b" in judged(typed("x", 1, "begin\nthe end \x1b\n\n")).reason


def test_reason_of_an_incident_that_goes_on_names_the_command_that_failed() -> None:
    reason = judged(metric(typed("docker restart web", 1, "no such container\n"), RECOVERED, END, AT_LIMIT)).reason
    assert "it was 50 connections at the end; `docker restart web` (line 212) failed with exit 1: no such" in reason


def test_line_before_counts_for_a_variable() -> None:
    story = put(typed("kill $PID", 1), command("resolve", ACTED - 0.1, text="read -r PID < pid"))
    assert judged(story).verdict is Verdict.REFUTED


def test_arm_that_ended_at_the_command_has_the_same_verdict() -> None:
    story = typed("foo", 127, "bash: foo: command not found\n")
    for name in ("resolved", "recovered", "watched"):
        story = drop(story, "milestone", name=name)
    assert judged(drop(story, "ledger")).verdict is Verdict.NOT_RUN


def test_verification_that_did_not_run_counts_as_well() -> None:
    assert judged(typed("./smoke", 127, purpose="verify")).verdict is Verdict.NOT_RUN


def test_what_the_drill_itself_types_is_none_of_the_runbooks() -> None:
    story = put(drop(placebo(), "command"), command("placebo", ACTED, text="sleep 2", exit=127, line=0))
    assert judged(story).verdict is not Verdict.NOT_RUN


def test_verdict_has_the_last_words_of_each_command_that_failed(tmp_path: Path) -> None:
    story = put(typed("x", 1, "begin\nthe end\n"), command("resolve", ACTED + 0.1, text="y", output="fine\n"))
    verdict = arm_verdict(told(story), judged(story), tmp_path)
    assert [each.last_words for each in verdict.commands] == ["the end", None]
