"""A change of the document changes what the parser returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import Quantity, RunbookError, load
from tests.helpers.runbook_samples import TEXT, reloaded, written

if TYPE_CHECKING:
    from pathlib import Path

ALERT = "Error rate exceeds 5% for 5 minutes"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("Error rate exceeds 7.5% for 90 seconds", (Quantity.ERROR_RATE, ">", 0.075, 90)),
        ("Error rate is at least 5 percent for 1 hour", (Quantity.ERROR_RATE, ">=", 0.05, 3600)),
        ("Error rate above 5% over 10 min", (Quantity.ERROR_RATE, ">", 0.05, 600)),
        ("Error rate stays for more than 5 minutes above 2%", (Quantity.ERROR_RATE, ">", 0.02, 300)),
        ("p95 response time exceeds 800ms for 5m", (Quantity.RESPONSE_TIME_P95, ">", 0.8, 300)),
        ("p95 response time over 10s", (Quantity.RESPONSE_TIME_P95, ">", 10, None)),
        ("Queue has more than 1,500 waiting jobs", (Quantity.QUEUE_DEPTH, ">", 1500, None)),
        ("Queue depth >= 20 for 2 minutes", (Quantity.QUEUE_DEPTH, ">=", 20, 120)),
        ("CPU or memory exceeds 80% for 10 minutes", (Quantity.RESOURCE_UTILIZATION, ">", 0.8, 600)),
        ("More than 40 database connections in use", (Quantity.CONNECTION_POOL, ">", 40, None)),
        ("Health check failing for more than 2 minutes", (Quantity.HEALTH, "<", 1, 120)),
        ("More than 3 authentication failures within 1 minute", (Quantity.AUTHENTICATION, ">", 3, 60)),
    ],
)
def test_alert_sentences(tmp_path: Path, words: str, read: tuple[Quantity, str, float, float | None]) -> None:
    alert = reloaded(tmp_path, (ALERT, words)).incident(1).alert
    assert (alert.quantity, alert.threshold.op, alert.threshold.value, alert.window_s) == read


def test_alert_sentence_may_wrap(tmp_path: Path) -> None:
    alert = reloaded(tmp_path, ("for 5 minutes", "for\n15 minutes")).incident(1).alert
    assert alert.window_s == 900


def test_alert_name(tmp_path: Path) -> None:
    assert reloaded(tmp_path, ("`ErrorsHigh`", "`Renamed`")).incident(1).alert.name == "Renamed"


def test_command_flows_through_byte_for_byte(tmp_path: Path) -> None:
    runbook = reloaded(tmp_path, ("`scripts/rollback.sh`", "`kubectl rollout  undo deploy/x`"))
    assert runbook.cause("1.1").commands[0].text == "kubectl rollout  undo deploy/x"


def test_size_of_the_pool(tmp_path: Path) -> None:
    assert reloaded(tmp_path, ("max (50)", "max (80)")).incident(2).alert.threshold.value == 80


def test_block_under_a_cause_replaces_the_code_spans(tmp_path: Path) -> None:
    block = "#### 3.1 Redis down\n\nWhy so.\n\n```bash\ndocker ps\ndocker-compose restart redis\n```\n\n"
    runbook = reloaded(tmp_path, ("## Communication Templates", block + "## Communication Templates"))
    assert [command.text for command in runbook.cause("3.1").commands] == ["docker ps", "docker-compose restart redis"]
    assert runbook.cause("3.1").notes == ("Why so.",)


ORIGINAL = (
    "#### 3.1 Redis down\n\n```bash\ndocker ps\n```\n\n"
    "**As first documented** it lost all.\n\n```bash\nredis-cli FLUSHDB\n```\n\n"
)


def test_what_a_row_said_first_is_kept_apart(tmp_path: Path) -> None:
    cause = reloaded(tmp_path, ("## Communication Templates", ORIGINAL + "## Communication Templates")).cause("3.1")
    assert [command.text for command in cause.commands] == ["docker ps"]
    assert [command.text for command in cause.original] == ["redis-cli FLUSHDB"]


def test_first_documented_without_commands_is_refused(tmp_path: Path) -> None:
    block = "#### 3.1 Redis down\n\n**As first documented** it lost all.\n\n"
    with pytest.raises(RunbookError, match=r"expected the commands that cause 3\.1 had"):
        reloaded(tmp_path, ("## Communication Templates", block + "## Communication Templates"))


@pytest.mark.parametrize(
    "block",
    [
        "cat > x <<'END'\n# kept\n\nEND",
        'psql -c "SELECT 1,\n\n2"',
        "for a in 1 2; do echo $a; done",
        "docker ps | \\\n  grep backend",
    ],
)
def test_command_of_several_lines_is_one(tmp_path: Path, block: str) -> None:
    runbook = reloaded(tmp_path, ("./scripts/smoke-test.sh", f"{block}\ndocker ps"))
    assert [command.text for command in runbook.incident(1).verification] == [block, "docker ps"]


def test_psql_is_left_with_its_own_command(tmp_path: Path) -> None:
    runbook = reloaded(tmp_path, ("   SELECT 1;\n", "   \\q\n   select_is_no_sql --here\n"))
    psql, *after = runbook.incident(2).investigation[0].commands
    assert psql.stdin == "SELECT pid\nFROM pg_stat_activity;\n\\q\n"
    assert [command.text for command in after] == ["select_is_no_sql --here", "docker ps"]


@pytest.mark.parametrize(
    "raw",
    [TEXT.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "  \n").encode()],
    ids=["CRLF", "BOM", "trailing spaces"],
)
def test_bytes_around_the_text_do_not_matter(tmp_path: Path, raw: bytes) -> None:
    plain, other = load(written(tmp_path, TEXT.encode())), load(written(tmp_path, raw))
    assert other.causes == plain.causes
    assert [incident.alert for incident in other.incidents] == [incident.alert for incident in plain.incidents]
