"""Documents as people write them: each kind is read right, or refused with the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import RunbookError, load
from drills.runbook.document import read
from drills.runbook.inventory import inventory
from drills.runbook.languages import Kind, kind
from drills.runbook.spans import is_command
from tests.helpers.runbook_samples import TEXT, changed, reloaded, written

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Command

SECOND = "### 2. Database Pool Used Up"
ROW = "| Bad release | Go back: `scripts/rollback.sh` | 5-10 min |"
VERIFICATION = "./scripts/smoke-test.sh\n\n# should be green"
STEP = TEXT[TEXT.index("1. **Ask**") : TEXT.index("\n2. **Look back**")]


def texts(commands: tuple[Command, ...]) -> list[str]:
    return [command.text for command in commands]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("## 2. Database Pool Used Up", "Database Pool Used Up"),
        ("#### 2. Database Pool Used Up", "Database Pool Used Up"),
        ("### \U0001f534 2. Database Pool Used Up", "Database Pool Used Up"),
        ("### Incident 2: Database Pool Used Up", "Database Pool Used Up"),
        ("### Incident #2 \u2013 Database Pool Used Up", "Database Pool Used Up"),
        ("### 2) Database Pool Used Up", "Database Pool Used Up"),
        ("### 2\ufe0f\u20e3 Database Pool Used Up", "Database Pool Used Up"),
        ("### Database Pool Used Up", "Database Pool Used Up"),
    ],
)
def test_incident_is_told_by_its_parts_not_by_the_form_of_its_heading(tmp_path: Path, heading: str, name: str) -> None:
    runbook = reloaded(tmp_path, (SECOND, heading))
    assert [(each.id, len(each.causes), len(each.verification)) for each in runbook.incidents] == [
        (1, 4, 1),
        (2, 1, 1),
        (3, 1, 0),
    ]
    assert runbook.incident(2).name == name


@pytest.mark.parametrize("level", ["##", "###", "#####"])
def test_verification_on_another_level_belongs_to_the_incident_above(tmp_path: Path, level: str) -> None:
    runbook = reloaded(tmp_path, ("**Resolution Verification**:", f"{level} Resolution Verification\n"))
    assert texts(runbook.incident(1).verification) == ["./scripts/smoke-test.sh"]


def test_chapter_that_is_not_read_is_told(tmp_path: Path) -> None:
    path = changed(
        tmp_path, (SECOND, "### Pool"), ("| Cause | Solution | Time |\n|-------|----------|------|\n| Long", "| Long")
    )
    told = [sentence for _, sentence in inventory(read(path), load(path)).found]
    assert "the chapter 'Pool' has an alert, and was not read; give it a number, and a table of causes" in told


def test_block_beside_the_item_belongs_to_it(tmp_path: Path) -> None:
    beside = "1. **Ask**\n\n```bash\ncurl localhost\n```\n\n2. **Read**\n\n```sh\ndocker logs backend\n```\n"
    steps = reloaded(tmp_path, (STEP, beside)).incident(1).investigation
    assert [(step.title, texts(step.commands)) for step in steps][:2] == [
        ("Ask", ["curl localhost"]),
        ("Read", ["docker logs backend"]),
    ]


def test_block_before_the_list_is_a_step(tmp_path: Path) -> None:
    step = reloaded(tmp_path, (STEP, "```bash\ndocker stats\n```\n\n1. **Look**\n")).incident(1).investigation[0]
    assert (step.title, texts(step.commands)) == ("Investigation", ["docker stats"])


@pytest.mark.parametrize("gap", ["\n", "<!-- was: | Cold | wait | 5 min | -->\n", "<div>\n", "\nA word.\n\n"])
def test_row_outside_its_table_is_refused_with_its_line(tmp_path: Path, gap: str) -> None:
    path = changed(tmp_path, (ROW + "\n", f"{ROW}\n{gap}"))
    with pytest.raises(RunbookError, match=r":\d+: this row stands outside its table"):
        load(path)


def test_second_table_is_no_list_of_causes(tmp_path: Path) -> None:
    more = "\n\nWhom to ask:\n\n| Who | When |\n|-----|------|\n| Ann | Monday |\n\n**Resolution Verification**:"
    assert len(reloaded(tmp_path, ("\n\n**Resolution Verification**:", more)).incident(1).causes) == 4


@pytest.mark.parametrize(
    ("cell", "commands"),
    [
        ("`terraform apply`, then `docker-compose restart nginx`", ["terraform apply", "docker-compose restart nginx"]),
        ("`pm2 restart api` and `docker-compose up -d`", ["pm2 restart api", "docker-compose up -d"]),
        ("`nomad job stop web`, `/opt/app/bin/start web`", ["nomad job stop web", "/opt/app/bin/start web"]),
        ("`someprog restart x` after `rabbitmqctl stop_app`", ["someprog restart x", "rabbitmqctl stop_app"]),
        ("run `htop`, then `heroku restart`", ["htop", "heroku restart"]),
    ],
)
def test_every_command_of_a_cell_is_read(tmp_path: Path, cell: str, commands: list[str]) -> None:
    assert texts(reloaded(tmp_path, ("Go back: `scripts/rollback.sh`", cell)).cause("1.1").commands) == commands


@pytest.mark.parametrize("span", ["error_rate > 5", "sum by (job) (rate(x[5m])) / 2", "up == 0", "connection refused"])
def test_expressions_and_words_are_no_commands(span: str) -> None:
    assert not is_command(span)


@pytest.mark.parametrize(
    ("block", "commands"),
    [
        ("$ docker ps -a\nCONTAINER ID   IMAGE\nf00d   backend   Up", ["docker ps -a"]),
        ("root@db1:~# psql -c 'select 1'\n 1", ["psql -c 'select 1'"]),
        ("$ docker logs backend |\n>   grep -c ERROR\n12", ["docker logs backend |\n  grep -c ERROR"]),
        ("$ cat <<EOF\n> a\n> EOF\na", ["cat <<EOF\na\nEOF"]),
        ("[me@web ~]$ date\nMon\n[me@web ~]$ uptime", ["date", "uptime"]),
        ("$ curl -sS x\n  % Total    % Received", ["curl -sS x"]),
    ],
)
def test_prompt_and_output_are_told_from_the_command(tmp_path: Path, block: str, commands: list[str]) -> None:
    assert texts(reloaded(tmp_path, (VERIFICATION, block)).incident(1).verification) == commands


def test_a_hash_in_a_console_is_root_and_in_a_script_a_comment(tmp_path: Path) -> None:
    console = TEXT.replace(f"```bash\n{VERIFICATION}", "```console\n# systemctl restart nginx\n# it is back")
    assert texts(load(written(tmp_path, console.encode())).incident(1).verification) == ["systemctl restart nginx"]
    path = changed(tmp_path, (VERIFICATION, "# systemctl restart nginx"))
    assert load(path).incident(1).verification == ()
    assert "looks like a command, and was taken for a comment" in inventory(read(path), load(path)).found[0][1]


def test_what_was_printed_and_looks_like_a_command_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, (VERIFICATION, "$ cd /srv\ndocker ps -a"))
    assert [sentence for _, sentence in inventory(read(path), load(path)).found] == [
        "'docker ps -a' under '1. Too Many Errors (> 5%)' looks like a command, and was taken for output"
    ]


def test_what_is_typed_at_a_client_is_its_input(tmp_path: Path) -> None:
    session = "$ docker exec -it db psql -U u\npsql (16)\npostgres=# SELECT 1;\n 1\npostgres=# \\q\n$ date"
    psql, date = reloaded(tmp_path, (VERIFICATION, session)).incident(1).verification
    assert (psql.text, psql.stdin, date.text) == ("docker exec -it db psql -U u", "SELECT 1;\n\\q\n", "date")


def test_block_of_sql_goes_to_the_client_above_it(tmp_path: Path) -> None:
    step = "1. **Connect**: `docker exec -i db psql -U u`\n\n   ```sql\n   SELECT 1;\n   ```\n"
    command = reloaded(tmp_path, (STEP, step)).incident(1).investigation[0].commands[0]
    assert (command.text, command.stdin) == ("docker exec -i db psql -U u", "SELECT 1;\n")


def test_block_of_sql_without_a_client_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, (STEP, "1. **Look**\n\n   ```sql\n   SELECT 1;\n   ```\n"))
    assert "is typed at no client" in inventory(read(path), load(path)).found[0][1]


def test_function_is_pasted_with_its_call(tmp_path: Path) -> None:
    block = "check() {\n  curl -sf localhost\n}\ncheck"
    assert texts(reloaded(tmp_path, (VERIFICATION, block)).incident(1).verification) == [block]


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ('bash title="a.sh" linenums="1"', Kind.SHELL),
        ("{.bash .copy}", Kind.SHELL),
        ("SH", Kind.SHELL),
        ("bash{1,3}", Kind.SHELL),
        ("shell-session", Kind.SESSION),
        ("", Kind.NAMELESS),
        ("yaml", Kind.TEXT),
        ("postgresql", Kind.TYPED),
    ],
)
def test_language_of_a_block(info: str, expected: Kind) -> None:
    assert kind(info) is expected


def test_admonition_and_tab_hold_ordinary_text(tmp_path: Path) -> None:
    inside = (
        '!!! warning "Careful"\n    === "Linux"\n\n        ```bash\n        docker ps\n        ```\n\n1. **Look**\n'
    )
    assert texts(reloaded(tmp_path, (STEP, inside)).incident(1).investigation[0].commands) == ["docker ps"]


def test_front_matter_is_no_heading(tmp_path: Path) -> None:
    runbook = load(written(tmp_path, f"---\ntitle: 1. x\n---\n{TEXT}".encode()))
    assert runbook.incident(1).line == TEXT.split("\n").index("### 1. Too Many Errors (> 5%)") + 4


@pytest.mark.parametrize(
    ("heading", "read_as"),
    [
        ("### SEV1 - Critical", ("SEV-1", "Critical", "")),
        ("### SEV-1 \u2013 Critical (P1)", ("SEV-1", "Critical", "P1")),
        ("### \U0001f534 Severity 1: Critical", ("SEV-1", "Critical", "")),
        ("### SEV1 (Critical)", ("SEV-1", "Critical", "")),
    ],
)
def test_severity_worded_otherwise(tmp_path: Path, heading: str, read_as: tuple[str, str, str]) -> None:
    level = reloaded(tmp_path, ("### SEV-1: Critical (P1)", heading)).severities[0]
    assert (level.id, level.name, level.priority) == read_as
    assert level.response_time_s == 300
