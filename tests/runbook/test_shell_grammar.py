"""Lines that are whole by themselves: no shell is asked about these, and it would accept each of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from drills.runbook import load, shell_syntax
from drills.runbook.shell_grammar import is_whole
from drills.runbook.shell_syntax import syntax_error, wants_more

if TYPE_CHECKING:
    from pathlib import Path

LINE = "kubectl get pods -n shop{0} | grep -v Running | awk '{{print $1}}' > \"out{0}.txt\""
MANY = 2000
ALLOWED_S = 20.0
"""Generous for a machine that is busy, and less than comparing each line with each other takes."""


@pytest.mark.parametrize(
    "text",
    [
        "df -h",
        LINE.format(1),
        "kubectl logs $(kubectl get pod -o name | head -1) --tail=5 2>&1",
        'curl -s "$ADDRESS/v1/${ID:-none}" | jq \'.[] | select(.a == "b")\'',
        "docker ps -a && docker start web || exit 1;",
        "kubectl get pods \\\n  -o wide",
        "MODE=fast ./run.sh &",
        "find / -name '*.log' -exec ls -lh {} \\;",
    ],
)
def test_usual_lines_are_whole(text: str) -> None:
    assert is_whole(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "ls |",
            "ls &&",
            "ls \\\n",
            "ls 'a",
            'ls "a',
            "ls `date`",
            "ls $(date",
            "cat <<EOF",
            "ls # don't",
            "a[ 1",
        ),
        *("for a in b; do", "if true", "{ ls; }", "(ls)", "f() { ls; }", "[[ a | b ]]", "ls | | wc", "ls > > a"),
        *("ls; ;", "scale --replicas=<n>", "ls > # a", "date;;", "a 3< 3< b", "fi", "! ls"),
    ],
)
def test_what_a_shell_may_read_otherwise_is_left_to_it(text: str) -> None:
    assert not is_whole(text)


def test_the_shell_is_asked_about_the_rest() -> None:
    assert wants_more("for pod in a b; do") is True
    assert wants_more("for pod in a b; do echo $pod; done") is False
    assert syntax_error("ls | | wc") is not None
    assert syntax_error("ls | wc") is None


def _asked(text: str) -> str:
    raise AssertionError(f"a shell was asked about {text!r}")


def test_two_thousand_lines_with_pipes_are_read_in_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join(LINE.format(number) for number in range(MANY))
    text = f"# DiskFull\n\n## Diagnosis\n\n```bash\n{lines}\n```\n\n## Mitigation\n\n```bash\ndocker restart web\n```\n"
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    before = time.process_time()
    with monkeypatch.context() as patched:
        patched.setattr(shell_syntax, "_said", _asked)
        (incident,) = load(tmp_path / "page.md").incidents
    assert [len(step.commands) for step in incident.investigation] == [MANY]
    assert time.process_time() - before < ALLOWED_S
