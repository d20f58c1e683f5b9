from __future__ import annotations

import pytest

from drills.common.shell_text import placeholders, typed_prompt, variables_set, variables_used
from drills.common.visible import visible


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("docker exec <container> ls", ("<container>",)),
        ("kubectl logs <pod-name> -n <ns>", ("<pod-name>", "<ns>")),
        ("cd <your repo, e.g. app>", ("<your repo, e.g. app>",)),
        ('curl "http://x/<id>"', ("<id>",)),
        ("helm rollback {{ release }}", ("{{ release }}",)),
        ("aws s3 ls s3://YOUR_BUCKET/x", ("YOUR_BUCKET",)),
        ("export KEY=CHANGEME", ("CHANGEME",)),
        ("kubectl logs ...", ("...",)),
    ],
)
def test_what_has_to_be_filled_in_is_found(text: str, found: tuple[str, ...]) -> None:
    assert placeholders(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "sort <in.txt >out.txt",
        "cat <<EOF >file",
        "cat <<<word >file",
        "psql -c 'DELETE FROM t WHERE pid <> pg_backend_pid()'",
        "psql -c 'SELECT 1 WHERE a < b AND c > d'",
        "grep '<title>' page.html",
        "sed -i 's/<old>/<new>/' page.html",
        "curl -s x | grep -P '(?<name>x)'",
        "docker inspect -f '{{.Name}} {{json .State}} {{range .Mounts}}{{.Source}}{{end}}' web",
        "mktemp /tmp/x.XXXXXX",
        "go test ./...",
        "diff <(sort a) <(sort b)",
        "git commit --author='A <a@example.org>'",
    ],
)
def test_what_only_looks_like_a_placeholder_is_none(text: str) -> None:
    assert placeholders(text) == ()


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("$ docker ps", "$"),
        ("% ls", "%"),
        ("root@host:~# ls", "root@host:~#"),
        ("[root@host ~]# ls", "[root@host ~]#"),
        ("postgres=# SELECT 1;", "postgres=#"),
        ("app-> FROM t;", "app->"),
        ("mysql> show processlist;", "mysql>"),
        ("127.0.0.1:6379> INFO", "127.0.0.1:6379>"),
        (">>> print(1)", ">>>"),
        ("bash-5.1# ls", "bash-5.1#"),
    ],
)
def test_a_prompt_is_found(text: str, prompt: str) -> None:
    assert typed_prompt(text) == prompt


@pytest.mark.parametrize("text", ["docker ps", "$HOME/x", "$(which ls)", "> log", "A=1 b", "user@host", "%1"])
def test_a_command_begins_with_no_prompt(text: str) -> None:
    assert typed_prompt(text) is None


def test_variables_that_are_set_and_used_are_found() -> None:
    text = "A=1 B+=x; for c in 1; do read -r d e; done; export F=2; printf -v g x; declare -a h=()"
    assert {"A", "B", "c", "d", "e", "F", "g", "h"} <= set(variables_set(text))
    assert list(variables_used("echo $PID ${OTHER} ${x:-1} $1 $? '$NOT' \\$NOR $HOME \"$QUOTED\"")) == [
        "PID",
        "OTHER",
        "QUOTED",
    ]


def test_control_characters_are_shown_as_text() -> None:
    assert visible("\x1b[2Jgone\x07\x9b1m\u202ex\r") == "\\x1b[2Jgone\\x07\\x9b1m\\u202ex\\x0d"
    assert visible("Zürich\t✓\nnext") == "Zürich\t✓\nnext"
