"""Each broken document gets one sentence that names file, line and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import RunbookError, load
from tests.helpers.runbook_samples import SMALL, TEXT, changed, line_of, written

if TYPE_CHECKING:
    from pathlib import Path

ALERT = "**Alert**: `ErrorsHigh` - Error rate exceeds 5% for 5 minutes"
ROW = "| Bad release | Go back: `scripts/rollback.sh` | 5-10 min |"
DETAIL = "## Communication Templates"


def complaint(path: Path) -> str:
    with pytest.raises(RunbookError) as caught:
        load(path)
    text = str(caught.value)
    assert "\n" not in text
    return text.removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (ALERT, "", "### 1.", "incident '1. Too Many Errors (> 5%)' has no alert"),
        (ALERT, "**Alert**:", "### 1.", "has no alert"),
        ("exceeds 5% for", "goes up for", ALERT, "no threshold can be read"),
        ("exceeds 5% for", "exceeds 5 bananas for", ALERT, "unknown unit 'bananas'"),
        ("exceeds 5% for", "exceeds 5s for", ALERT, "unknown unit 's' for error_rate"),
        ("for 5 minutes", "for 5 fortnights", ALERT, "unknown unit of time 'fortnights'"),
        ("for 5 minutes", "for 99999999999 hours", ALERT, "is longer than a year; correct it"),
        ("for 5 minutes", "for a long while", ALERT, "no window can be read"),
        ("Error rate exceeds 5% for 5 minutes", "The moon is full", ALERT, "names no known quantity"),
        ("max (50)", "the limit", "**Alert**: `PoolGone`", "needs the pool's size"),
        (ROW, "| Bad release | Go back |", ROW, "expected 3 cells (Cause, Solution, Time), saw 2"),
        (ROW, "| Bad release | a | b | c |", ROW, "saw 4"),
        (ROW, "| Bad release | `a | b` | 5 min |", ROW, "saw 4; a pipe inside a cell is written \\|"),
        (ROW, "Bad release", ROW, "saw 1"),
        (ROW, "| | Go back | 5 min |", ROW, "the cell Cause is empty"),
        ("| Old state |", "| bad RELEASE |", "| Old state", "the cause 'bad RELEASE' is there twice"),
        ("5-10 min", "5-10 parsecs", ROW, "unknown unit of time 'parsecs'"),
        ("5-10 min", "soon", ROW, "no time can be read from 'soon'"),
        ("5-10 min", "10-5 min", ROW, "runs backwards"),
        ("|-------|----------|------|", "|-------|----------|", "| Cause |", "this table is broken"),
        ("| Cause | Solution | Time |", "| Cause | Cure | Time |", "| Cause |", "expected the columns Cause, Solution"),
        ("### 2. Database", "### 1. Database", "### 2.", "incident 1 is there twice"),
        ("- Error Rate: < 1%", "- Error Rate: low", "- Error Rate", "no threshold can be read"),
        ("- Error Rate: < 1%", "- Moon: < 1%", "- Error Rate", "no key metric can be read"),
        ("(10 min)", "", "1. **Timeline**", "has no minutes"),
        ("**Definition**: Nothing works.", "", "### SEV-1", "SEV-1 has no definition"),
        ("```\nStatus: Investigating\n```", "", "### First Word", "has no text; expected a code block"),
        ("curl http://localhost:3000/health", "echo 'open", "curl http", "this command never ends"),
    ],
)
def test_broken_document(tmp_path: Path, old: str, new: str, line: str, words: str) -> None:
    text = complaint(changed(tmp_path, (old, new)))
    assert text.startswith(f"{line_of(line)}: ")
    assert words in text


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("#### 3.1 Redis is up", "fits no row"),
        ("#### 3.9 Redis down", "fits no row"),
        ("#### 3.1 Redis down\n\n#### 3.1 Redis down", "is there twice"),
        ("#### 3.1 Redis down\n\n**Resolution Verification**:", "give it a heading of its own"),
    ],
)
def test_heading_of_a_cause_that_does_not_fit(tmp_path: Path, heading: str, words: str) -> None:
    assert words in complaint(changed(tmp_path, (DETAIL, f"{heading}\n\n{DETAIL}")))


def test_code_block_that_never_ends(tmp_path: Path) -> None:
    text = complaint(changed(tmp_path, ("docker-compose restart backend\n```", "docker-compose restart backend")))
    assert text.startswith(f"{line_of('### Critical Commands') + 2}: this code block is never closed")


def test_incident_without_a_table(tmp_path: Path) -> None:
    start, end = TEXT.index("| Cause |"), TEXT.index("**Resolution Verification**")
    text = complaint(changed(tmp_path, (TEXT[start:end], "")))
    assert text.endswith("has no table of causes")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "1: the runbook is empty"),
        (b" \n\n", "1: the runbook is empty"),
        (b"# A title\n", "1: no incident was found"),
        (b"# A title\n\x00\x01", "2: this is not a UTF-8 text file"),
        (b"# A title\n\n\xff\xfe", "3: this is not a UTF-8 text file"),
        (TEXT.encode("utf-16"), "1: this is not a UTF-8 text file"),
    ],
)
def test_bytes_that_are_no_document(tmp_path: Path, raw: bytes, words: str) -> None:
    assert complaint(written(tmp_path, raw)).startswith(words)


def test_a_file_too_large_for_a_runbook_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert "more than 4 MiB" in complaint(path)


def test_missing_file(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in complaint(tmp_path / "absent.md")


def test_directory(tmp_path: Path) -> None:
    assert "cannot be read (it is a directory without a Markdown file)" in complaint(tmp_path)


def test_unknown_cause_names_the_known_ones() -> None:
    with pytest.raises(RunbookError, match=r"no cause '9\.9'; the document has 1\.1, 1\.2"):
        load(SMALL).cause("9.9")


def test_unknown_incident_names_the_known_ones() -> None:
    with pytest.raises(RunbookError, match="no incident 9; the document has 1, 2, 3"):
        load(SMALL).incident(9)
