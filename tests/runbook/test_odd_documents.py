"""Odd documents: a command in an unusual place is read, or told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.runbook import RunbookError, load
from drills.runbook.document import DEEPEST, read
from drills.runbook.inventory import inventory
from drills.runbook.loading import reading, readings
from tests.helpers.runbook_samples import written

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Incident


def page(folder: Path, diagnosis: str) -> Path:
    return written(folder, f"# ApiDown\n\n## Diagnosis\n\n{diagnosis}\n\n## Mitigation\n\n`true`\n".encode())


def incident(folder: Path, diagnosis: str) -> Incident:
    return load(page(folder, diagnosis)).incident(1)


def steps(folder: Path, diagnosis: str) -> list[tuple[str, str | None]]:
    return [(each.text, each.stdin) for step in incident(folder, diagnosis).investigation for each in step.commands]


def told(folder: Path, diagnosis: str) -> list[tuple[int, str]]:
    path = page(folder, diagnosis)
    return list(inventory(read(path), load(path)).found)


def test_client_understands_words_that_a_shell_waits_after(tmp_path: Path) -> None:
    session = "```\n$ psql -U u\npsql (16.1)\ndb=# select 1;\n ?column?\ndb=# \\q\n```"
    assert steps(tmp_path, session) == [("psql -U u", "select 1;\n\\q\n")]
    assert told(tmp_path, session) == []


def test_statement_at_a_client_goes_on_at_its_second_prompt(tmp_path: Path) -> None:
    session = "```\n$ mysql -u u\nmysql> select *\n    -> from t;\n+---+\nmysql> exit\n```"
    assert steps(tmp_path, session) == [("mysql -u u", "select *\nfrom t;\nexit\n")]


def test_block_of_sql_below_a_label_is_typed_at_its_client(tmp_path: Path) -> None:
    block = "**Diagnosis:** run `psql -U u`\n\n```sql\nselect 1;\n```"
    text = f"# DbSlow\n\n**Symptoms:** slow\n\n{block}\n\n**Fix:** `true`\n"
    (step,) = load(written(tmp_path, text.encode())).incident(1).investigation
    assert [(each.text, each.stdin) for each in step.commands] == [("psql -U u", "select 1;\n")]


@pytest.mark.parametrize("prompt", ["me@mac ~ %", "\u276f", "\u279c", "root@db:/srv#"])
def test_prompt_of_each_shell_is_known(tmp_path: Path, prompt: str) -> None:
    assert steps(tmp_path, f"```\n{prompt} docker ps -a\n```") == [("docker ps -a", None)]


@pytest.mark.parametrize(
    ("diagnosis", "line", "words"),
    [
        ("### `docker logs api`\n", 5, "the command 'docker logs api' stands in a heading"),
        ("```\n> docker ps -a\n```", 6, "'> docker ps -a' under 'Diagnosis' looks like a command"),
        ("```powershell\nPS C:\\> Get-Service\n```", 6, "looks like a command, and was taken for text in powershell"),
        ("<details>\n```bash\ndf -h\n```\n</details>", 5, "this HTML under 'Diagnosis' is not read"),
        ("- run <code>rm -rf /tmp/e</code>", 5, "'rm -rf /tmp/e' looks like a command, and is no code in Markdown"),
        ("- run \\`rm -rf /tmp/e\\`", 5, "'`rm -rf /tmp/e`' looks like a command, and is no code in Markdown"),
    ],
)
def test_command_that_is_not_read_is_told(tmp_path: Path, diagnosis: str, line: int, words: str) -> None:
    ((at, sentence),) = told(tmp_path, diagnosis)
    assert at == line
    assert words in sentence


def test_block_that_never_ends_is_told_by_its_reader_and_its_inventory(tmp_path: Path) -> None:
    found = reading(page(tmp_path, "```bash\necho 'open\n```"))
    assert found.runbook is not None
    assert [line for line, _ in found.noticed] == [6]
    assert inventory(found.document, found.runbook).found == (
        (5, "this block under 'Diagnosis' is not read, as its commands cannot be told apart"),
    )


def test_heading_that_repeats_a_command_is_no_finding(tmp_path: Path) -> None:
    assert told(tmp_path, "### `docker logs api`\n\nRun `docker logs api`.") == []


def test_comment_in_the_source_is_no_html(tmp_path: Path) -> None:
    assert told(tmp_path, "<!--\n```bash\ndf -h\n```\n-->") == []


def test_steps_to_diagnose_are_no_way_to_mitigate(tmp_path: Path) -> None:
    parts = {"diagnose": "top -b -n 1", "resolve": "reboot", "verify": "uptime"}
    text = "# HighCpu\n\n" + "".join(f"## Steps to {name}\n\n`{command}`\n\n" for name, command in parts.items())
    found = load(written(tmp_path, text.encode())).incident(1)
    assert [each.text for step in found.investigation for each in step.commands] == ["top -b -n 1"]
    assert [each.text for cause in found.causes for each in cause.commands] == ["reboot"]
    assert [each.text for each in found.verification] == ["uptime"]


def test_titles_of_tabs_are_words(tmp_path: Path) -> None:
    tab = '=== "Docker"\n\n    ```bash\n    docker ps -a\n    ```\n'
    assert [each.title for each in incident(tmp_path, tab).investigation] == ["Docker"]


def test_list_deep_within_lists_is_read(tmp_path: Path) -> None:
    nested = "".join(f"{'  ' * depth}- `docker inspect x{depth}`\n" for depth in range(30))
    assert len(steps(tmp_path, nested)) == 30


def test_what_stands_deeper_than_the_parser_looks_is_refused(tmp_path: Path) -> None:
    path = page(tmp_path, f"{'> ' * (DEEPEST + 5)}`docker ps -a`")
    with pytest.raises(RunbookError, match=r":5: lists and quotations stand more than 40 deep"):
        load(path)


def test_folder_reads_each_spelling_of_the_suffix_and_tells_of_what_it_cannot_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(tmp_path, "`docker ps -a`").rename(tmp_path / "Upper.MD")
    closed = tmp_path / "closed.md"
    closed.write_text("# x\n")
    of_path = type(tmp_path).open

    def opened(path: Path, *how: Any, **named: Any) -> Any:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return of_path(path, *how, **named)

    # Only around the reading: what pytest itself opens while the test's report is written is none of this test's.
    with monkeypatch.context() as while_read:
        while_read.setattr(type(tmp_path), "open", opened)
        found = {each.path.name: each for each in readings(tmp_path)}
    assert found["Upper.MD"].runbook is not None
    assert "closed.md: the runbook cannot be read (Permission denied)" in found["closed.md"].refused


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        ("p99 latency above 2 s for 5 minutes", "is about the p99"),
        ("disk above 90% for 5 minutes", "names no known quantity"),
        ("error rate between 5% and 10%", "no threshold can be read"),
    ],
)
def test_figures_of_an_alert_that_are_not_read_are_told(tmp_path: Path, alert: str, words: str) -> None:
    text = f"# X\n\n## Slow\n\n- **Alert**: `Slow` - {alert}\n- **Severity**: P1\n- **Steps**: `docker restart api`\n"
    found = reading(written(tmp_path, text.encode()))
    assert found.runbook is not None
    assert found.runbook.incident(1).alert.limit is None
    ((line, sentence),) = found.noticed
    assert line == 5
    assert words in sentence
    assert sentence.endswith("; nothing is read as the alert's threshold")


def test_alert_without_a_figure_is_told_nothing_of(tmp_path: Path) -> None:
    text = "# X\n\n## Slow\n\n- **Alert**: `SlowFor500`\n- **Severity**: P1\n- **Steps**: `docker restart api`\n"
    assert reading(written(tmp_path, text.encode())).noticed == ()


def test_command_of_a_row_that_its_own_heading_lacks_is_told(tmp_path: Path) -> None:
    solution = "`docker restart a`, `docker restart <b>`, `docker start c`"
    text = (
        "# R\n\n### 1. Errors\n\n**Alert**: `E` - error rate exceeds 5% for 5 minutes\n\n**Causes**:\n\n"
        f"| Cause | Solution | Time |\n|---|---|---|\n| A | {solution} | ~5 min |\n\n"
        "#### 1.1 A\n\n```bash\ndocker restart a\n```\n"
    )
    path = written(tmp_path, text.encode())
    assert load(path).cause("1.1").minutes == (5.0, 5.0)
    assert inventory(read(path), load(path)).found == (
        (11, "the command 'docker start c' of this solution is not among the commands under its own heading"),
    )
