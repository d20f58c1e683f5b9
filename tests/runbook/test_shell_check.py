"""What cannot run is found before it is typed, in each shell block of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import load
from drills.runbook.blocks import shell_blocks
from drills.runbook.commands import block_commands
from drills.runbook.document import read
from drills.runbook.programs import programs
from drills.runbook.shell_check import Console, Found, shell_findings, unchecked
from tests.helpers.paths import RUNBOOK
from tests.helpers.runbook_samples import written

if TYPE_CHECKING:
    from pathlib import Path

ALL = Console(lambda _: True, "anywhere")
NONE = Console(lambda _: False, "there")


def found(folder: Path, block: str, console: Console = ALL, language: str = "bash") -> tuple[Found, ...]:
    path = written(folder, f"# Title\n\n```{language}\n{block}\n```\n".encode())
    return shell_findings(read(path), None, console)


def commands(folder: Path, block: str) -> list[str]:
    document = read(written(folder, f"# Title\n\n```bash\n{block}\n```\n".encode()))
    return [command.text for node in shell_blocks(document.root) for command in block_commands([node])]


@pytest.mark.parametrize(
    ("block", "line", "words"),
    [
        ("docker ps\necho )", 5, "the shell cannot read this: syntax error near unexpected token"),
        ("for x in a; do\n  echo )\ndone", 5, "the shell cannot read this"),
        ("docker ps\necho 'open", 5, "this command never ends"),
        ("for x in a; do\n  echo $x", 4, "this command never ends"),
        ("docker restart <container>", 4, "<container> has to be filled in by hand"),
        ("docker exec <id> ls", 4, "<id> has to be filled in by hand"),
        ("$ docker exec <id> ls\nCONTAINER ID   it's", 4, "<id> has to be filled in by hand"),
        ("docker logs \u201capi\u201d", 4, "the sign '\u201c' is no quote, dash or space to a shell"),
        ("docker logs \u2013tail 5", 4, "the sign '\u2013' is no quote"),
        ("docker\u00a0ps -a", 4, "is no quote, dash or space"),
        ("docker\u200b ps -a", 4, "is no quote, dash or space"),
        ("kubectl -n x edit deploy/web", 4, "edit opens an editor, which waits for a person"),
        ("true\nkill $PID", 5, "no line of the document sets $PID"),
    ],
)
def test_each_finding_has_its_line(tmp_path: Path, block: str, line: int, words: str) -> None:
    at, sentence = found(tmp_path, block)[0]
    assert at == line
    assert words in sentence


def test_a_prompt_and_what_was_printed_are_not_typed(tmp_path: Path) -> None:
    assert commands(tmp_path, "$ docker ps\nCONTAINER ID   it's\n$ date") == ["docker ps", "date"]
    assert found(tmp_path, "$ docker ps\nCONTAINER ID   it's") == ()


def test_a_program_that_the_console_lacks_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, "cd x && sudo -u me kubectl get pods", NONE) == ((4, "kubectl is no program there"),)


def test_a_variable_or_function_of_another_block_is_known(tmp_path: Path) -> None:
    document = "```sh\nNS=a\nfix() { true; }\n```\n\n1. item\n   ```sh\n   fix $NS\n   ```\n"
    assert shell_findings(read(written(tmp_path, document.encode())), None, NONE) == ()


def test_blocks_in_another_language_are_no_commands(tmp_path: Path) -> None:
    assert found(tmp_path, "SELECT '<id>", language="sql") == ()


def test_blocks_without_a_language_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, b"```\nx\n```\n\n- item\n  ```\n  y\n  ```\n\n```bash\nz\n```\n")
    assert unchecked(read(path), None) == 2


def test_own_runbook_has_no_finding() -> None:
    assert shell_findings(read(RUNBOOK), load(RUNBOOK), ALL) == ()


@pytest.mark.parametrize(
    "block",
    [
        "for x in a b\ndo\n  echo $x\ndone",
        "if true; then\n  echo\nfi",
        "cat <<EOF | tee x\nit's\nEOF",
        "cat <<A <<'B'\n1\nA\n2\nB",
        "docker ps |\n  head",
        "true &&\n  false",
        "fix() {\n  true\n}",
        "(cd /tmp\n  ls)",
        "echo $(date\n)",
        'echo "a\n# no comment\n\nb"',
        "while read -r x; do\n  echo $x\ndone <<EOF\n1\nEOF",
        "docker run \\\n  --rm x",
        "case x in\n  x) true ;;\nesac",
    ],
)
def test_a_command_of_several_lines_is_one(tmp_path: Path, block: str) -> None:
    assert commands(tmp_path, f"date\n{block}\nuptime") == ["date", block, "uptime"]


def test_each_line_that_is_whole_is_a_command(tmp_path: Path) -> None:
    assert commands(tmp_path, "cd /x\n\n# comment\nA='b c'\necho \"$A\" | wc") == ["cd /x", "A='b c'", 'echo "$A" | wc']


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("docker ps | grep web && ls", ["docker", "grep", "ls"]),
        ("A=1 sudo systemctl restart x 2>&1 >log", ["systemctl"]),
        ("for x in a b; do curl $x; done", ["curl"]),
        ("if grep -q x y; then date; else uptime; fi", ["grep", "date", "uptime"]),
        ("echo $(docker ps -q)", ["docker"]),
        ("./x.sh; /bin/ls; $TOOL x", []),
        ("echo 'a | b' \"; c\" \\; d", []),
        ("cat <<EOF\nnot a program\nEOF\ndate", ["cat", "date"]),
        ("[[ a && b ]] && date # and; more", ["date"]),
        ("ls | xargs -r -n 1 docker rm", ["ls", "docker"]),
        ("docker ps &", ["docker"]),
        ("cat <in >out", ["cat"]),
    ],
)
def test_programs_are_those_that_the_shell_would_start(text: str, names: list[str]) -> None:
    assert list(programs(text)) == names


def test_signs_in_what_is_printed_are_text(tmp_path: Path) -> None:
    assert found(tmp_path, "echo '\u201cdone\u201d \u2013 ok'  # \u201cso\u201d") == ()
