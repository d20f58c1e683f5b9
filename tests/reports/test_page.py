"""The one page: what it says, that nothing of a record acts on it, and that the same records give the same bytes."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from drills.commands.report import main
from drills.reports.collect import collect
from drills.reports.page import NO_DRILL, page
from drills.reports.page_groups import headline
from drills.reports.run_facts import RunFacts, write_run_facts
from tests.helpers.page_samples import RUN_ID, arm, covered, loss, typed
from tests.helpers.report_samples import drill, milestones

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"
RECORDS = Path(__file__).parents[1] / "data" / "records"
ALL_ARMS = 110  # three of each of 36 rows
LIMIT_BYTES = 3_000_000
WHY = "because the stack does not measure it"


def made(output: Path) -> str:
    """Return the page of what is recorded in *output*."""
    return page(collect(output), output)


def text_of(html: str) -> str:
    """Return what a person reads of *html*, in one line."""
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html.partition("<body>")[2]))


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    losses = [loss("jobs lost", 0, 40, promised=True), loss("requests failed", 127, 3010, promised=False)]
    arm(tmp_path, "5.1-documented", "CONFIRMED", typed(), losses=losses)
    arm(tmp_path, "5.1-placebo", "REFUTED", typed(purpose="placebo", line=0, text="sleep 4"))
    return tmp_path


def test_the_headline_counts_each_group_and_what_was_not_drilled(pair: Path) -> None:
    arm(pair, "5.2-documented", "CONFIRMED", durability={"verdict": "relief", "load": "gone", "restart": "not tried"})
    arm(pair, "5.2-placebo", "REFUTED")
    arm(pair, "5.3-documented", "REFUTED")
    arm(pair, "5.4-documented", "CONFIRMED")
    arm(pair, "5.5-documented", "INVALID")
    covered(pair, "5.1", "5.2", "5.3", "5.4", "5.5", "5.6")
    expected = "1 proven, 1 relief only, 1 refuted, 1 unknown, 1 unproven, 0 not run, 1 not drilled"
    assert headline(collect(pair)) == f"Of 6 rows of the runbook: {expected}."
    assert f"<h1>Of 6 rows of the runbook: {expected}.</h1>" in made(pair)


def test_losses_stand_beside_how_much_there_was(pair: Path) -> None:
    assert "nothing promised lost; 127 of 3,010 requests failed (4.2 %)" in text_of(made(pair))


def test_a_refuted_placebo_is_as_it_should_be(pair: Path) -> None:
    html = made(pair)
    assert '<span class="badge calm">Stayed bad</span> <span class="aside">as it should' in html
    assert "REFUTED" not in html.partition("<main>")[2].partition('<section aria-labelledby="words">')[0]


def test_a_placebo_with_another_verdict_than_expected_is_told(tmp_path: Path) -> None:
    arm(tmp_path, "5.1-placebo", "UNKNOWN", expected_verdict="REFUTED")
    text = text_of(made(tmp_path))
    assert "1 of 1 arms have another verdict than earlier runs established" in text
    assert "5.1 placebo: UNKNOWN, expected REFUTED" in text


def test_a_failed_command_has_its_output_and_a_good_one_none(tmp_path: Path) -> None:
    failed = typed(exit=1, output="no such service: backend\n")
    arm(tmp_path, "5.1-documented", "REFUTED", typed(output="well done"), failed)
    text = text_of(made(tmp_path))
    assert "Transcript: 2 commands, 1 ended otherwise than with 0" in text
    assert "no such service: backend" in text
    assert "well done" not in text


def test_a_long_output_is_cut_at_its_beginning_and_says_so(tmp_path: Path) -> None:
    arm(tmp_path, "5.1-documented", "REFUTED", typed(exit=1, output="a" * 50 + "b" * 3000))
    html = made(tmp_path)
    assert "The first 50 characters of its output" in html
    assert "ab" not in html.partition('<pre class="output">')[2].partition("</pre>")[0]


def test_the_commands_of_the_solution_are_marked_in_the_chart_when_they_were_begun(pair: Path) -> None:
    html = made(pair)
    documented = html.partition('<svg class="wide"')[2].partition("</svg>")[0]
    assert re.search(r'<circle class="mark" cx="[0-9.]+"[^>]*/><text class="mark mid"[^>]*>1</text>', documented)
    assert "restart at 41.0 s, solution, line 321, exit 0" in text_of(html)


def test_the_chart_is_told_in_words(pair: Path) -> None:
    html = made(pair)
    alternatives = re.findall(r'<svg [^>]*role="img" aria-label="([^"]*)"', html)
    assert len(alternatives) == html.count("<svg ") == 4
    assert "connections in use over 70 s, from 6 to 50; target below 50" in alternatives[0]


@pytest.mark.parametrize("kind", ["text", "output"])
def test_nothing_that_a_record_says_acts_on_the_page(tmp_path: Path, kind: str) -> None:
    arm(tmp_path, "5.1-documented", "REFUTED", typed(exit=1, **{kind: EVIL}), reason=EVIL, finding=EVIL, solution=EVIL)
    html = made(tmp_path)
    assert html.count("<script>") == 1
    assert "<img" not in html
    assert "&lt;script&gt;alert(" in html


def test_control_characters_are_shown(tmp_path: Path) -> None:
    arm(tmp_path, "5.1-documented", "REFUTED", typed(exit=1, output="\x1b[2Jgone\u202e"))
    html = made(tmp_path)
    assert r"\x1b[2Jgone\u202e" in html
    assert "\x1b" not in html


def test_the_same_records_give_the_same_bytes(pair: Path) -> None:
    assert made(pair) == made(pair)


def test_the_page_fetches_nothing(pair: Path) -> None:
    html = made(pair)
    assert "content=\"default-src 'none'; " in unescape(html)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html)
    assert not re.search(r"@import|url\(", html)


def test_the_edit_of_a_finding_is_a_diff(tmp_path: Path) -> None:
    arm(tmp_path, "5.1-original", "REFUTED", commands=[{"line": 1, "text": "restart a <b>", "exit": 0, "seconds": 1}])
    arm(tmp_path, "5.1-documented", "CONFIRMED")
    arm(tmp_path, "5.1-placebo", "REFUTED")
    html = made(tmp_path)
    assert "<del>- restart a &lt;b&gt;</del>" in html
    assert "<ins>+ docker-compose restart backend</ins>" in html
    assert "as expected of the row as first documented" in html


def test_what_was_not_drilled_has_its_reason(pair: Path) -> None:
    covered(pair, "5.1", "5.2", "5.3", drilled=("5.1", "5.2"))
    facts = RunFacts(run=RUN_ID, system="reference", commit="ab" * 20, not_drilled={"5.2": WHY})
    write_run_facts(pair, facts)
    text = text_of(made(pair))
    assert f"1 row: {WHY} 5.2 Cause 5.2" in text
    assert f"1 row: {NO_DRILL} 5.3 Cause 5.3" in text
    assert f"System reference Commit {'ab' * 20}" in text


def test_the_facts_of_another_run_are_not_believed(pair: Path) -> None:
    write_run_facts(pair, RunFacts(run="another", system="another system", commit=None, not_drilled={}))
    text = text_of(made(pair))
    assert "run.json: left out, because it is of another run than these records." in text
    assert "another system" not in text


def test_a_malformed_file_of_facts_is_named(pair: Path) -> None:
    (pair / "run.json").write_text("{}")
    assert "run.json: expected a field &#34;run&#34;" in made(pair)


def test_noise_that_was_too_much_is_named(pair: Path) -> None:
    assert "was not recorded" in text_of(made(pair))
    busy = {"kind": "machine", "t": 69.0, "cores": 2, "others": 1.9, "seconds": 60.0}
    arm(pair, "5.1-documented", "CONFIRMED", busy)
    text = text_of(made(pair))
    assert "during 5.1 documented: hold these again" in text
    assert "other processes took 1.9 of 2 processors in the mean" in text


def test_a_record_without_any_sample_has_a_chart(tmp_path: Path) -> None:
    folder = arm(tmp_path, "5.1-documented", "UNKNOWN")
    (folder / "history.jsonl").write_text("".join(json.dumps(each) + "\n" for each in (drill(), *milestones(acted=3))))
    assert "no data was recorded" in made(tmp_path)


def test_a_run_of_all_rows_stays_small() -> None:
    html = made(RECORDS)
    assert html.count('class="told"') == 8
    assert len(html.encode()) * ALL_ARMS / 8 < LIMIT_BYTES


def test_building_the_reports_writes_the_page_and_a_leak_leaves_the_earlier_one(
    pair: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("5.1-documented/chart", "5.1-documented/arms", "5.1-placebo/chart"):
        (pair / f"drills/{name}.png").touch()  # drawing them is slow, and other tests do
    assert main(["build", "--output", str(pair)]) == 0
    assert "/index.html  " in capsys.readouterr().out
    before = (pair / "index.html").read_bytes()
    arm(pair, "5.1-documented", "REFUTED", typed(exit=1, output="the password is hunter2-and-more"))
    monkeypatch.setenv("CANARY", "hunter2-and-more")
    assert main(["build", "--output", str(pair), "--secret-variable", "CANARY"]) == 2
    assert "nothing was published" in capsys.readouterr().err
    assert (pair / "index.html").read_bytes() == before
