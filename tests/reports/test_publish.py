"""Building the reports: what is made, what is refused, and that the page stays off the network."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from drills.commands.report import main
from drills.record.format import RecordError
from drills.reports import node
from drills.reports.allure_html import HISTORY_NAME, build, offline, write_environment
from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

COUNTER = (
    '<script async src="https://www.googletagmanager.com/gtag/js?id=G"></script>\n<script>\n gtag("x");\n</script>'
)
RESULT = {
    "uuid": "u1",
    "name": "5.1 documented",
    "status": "passed",
    "start": 1000,
    "stop": 2000,
    "historyId": "h",
    "fullName": "m#t",
    "testCaseId": "c",
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "allure-results"
    folder.mkdir()
    (folder / "u1-result.json").write_text(json.dumps(RESULT))
    return folder


needs_maker = pytest.mark.skipif(not node.installed(), reason="drills setup was not run")


@needs_maker
def test_the_allure_page_is_one_file_with_the_results_inside(results: Path, tmp_path: Path) -> None:
    write_environment(results, {"time scale": "30"})
    page = build(results, tmp_path / "allure")
    assert [entry.name for entry in page.parent.iterdir()] == ["index.html"]
    text = page.read_text()
    assert "Incident runbook drills" in text
    assert "googletagmanager" not in text
    assert not re.search(r"""<(script|link)\b[^>]{0,200}(src|href)=["']http""", text)


@needs_maker
def test_the_same_results_enter_the_history_once(results: Path, tmp_path: Path) -> None:
    for _ in range(2):
        build(results, tmp_path / "allure")
    assert len((tmp_path / HISTORY_NAME).read_text().splitlines()) == 1


@needs_maker
def test_the_next_run_enters_the_history(results: Path, tmp_path: Path) -> None:
    build(results, tmp_path / "allure")
    (results / "u1-result.json").write_text(json.dumps(RESULT | {"start": 5000, "stop": 6000}))
    build(results, tmp_path / "allure")
    assert len((tmp_path / HISTORY_NAME).read_text().splitlines()) == 2


@needs_maker
def test_the_page_carries_the_findings_once(results: Path, tmp_path: Path) -> None:
    judged(leak(tmp_path / "drills/5.1-documented"), verdict="REFUTED")
    for _ in range(2):
        assert main(["build", "--output", str(tmp_path)]) == 0
    (index,) = results.glob("*-globals.json")
    (attached,) = json.loads(index.read_text())["attachments"]
    assert (attached["name"], attached["type"]) == ("findings.md", "text/markdown")
    copy = (results / attached["source"]).read_bytes()
    assert copy.startswith(b"# Findings")
    assert (tmp_path / "allure/index.html").read_text().count(b64encode(copy).decode()) == 1


def test_a_page_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="expected recorded test results"):
        build(tmp_path, tmp_path / "allure")


def test_a_page_without_allure_says_how_to_install_it(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "INSTALLED", tmp_path / "none")
    with pytest.raises(RecordError, match="run: drills setup"):
        build(results, tmp_path / "allure")


def test_the_visitor_counter_is_taken_out() -> None:
    page = offline(f"<html><head><title>x</title></head><body>{COUNTER}<p>kept</p></body></html>")
    assert "googletagmanager" not in page
    assert "gtag" not in page
    assert "<p>kept</p>" in page


def test_the_browser_is_told_to_refuse_the_network() -> None:
    assert '<head>\n    <meta http-equiv="Content-Security-Policy" content="default-src data:' in offline(
        "<head></head>"
    )


@pytest.mark.parametrize("tag", ['<script src="https://x/y.js">', "<link rel=a href='http://x/y.css'>"])
def test_anything_else_from_the_network_is_refused(tag: str) -> None:
    with pytest.raises(RecordError, match="would load something from the network"):
        offline(f"<head></head>{tag}")


def test_a_node_program_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(node.NodeError, match=r"failed with exit code 3: oh no"):
        node.run(["-e", "console.log('oh no'); process.exit(3)"], cwd=tmp_path, limit_s=20)


def test_a_node_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(node.NodeError, match=r"did not end within 0\.5 s"):
        node.run(["-e", "setInterval(() => {}, 1000)"], cwd=tmp_path, limit_s=0.5)


def test_environment_values_are_escaped(tmp_path: Path) -> None:
    path = write_environment(tmp_path, {"time scale": "30", "a=b": "C:\\x\ny"})
    assert path.read_text() == "time\\ scale=30\na\\=b=C:\\\\x\\ny\n"


def test_nothing_recorded_ends_with_a_sentence_and_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: expected a recorded run, found none; run the drills first.\n"


def test_build_names_the_files_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(leak(tmp_path / "drills/5.1-documented"))
    judged(leak(tmp_path / "drills/5.1-placebo", arm="placebo"), arm="placebo", verdict="REFUTED")
    assert main(["build", "--output", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    for name in ("chart.png", "arms.png", "verification.json", "verification.md", "findings.md", "metrics.prom"):
        assert re.search(rf"/{re.escape(name)}  [0-9.]+ KiB\n", printed)


def test_a_chart_is_not_drawn_again_until_its_record_changes(tmp_path: Path) -> None:
    folder = judged(leak(tmp_path / "drills/5.1-documented"))
    stamps = []
    for _ in range(2):
        main(["build", "--output", str(tmp_path)])
        stamps.append((folder / "chart.png").stat().st_mtime_ns)
    judged(folder, verdict="REFUTED")
    main(["build", "--output", str(tmp_path)])
    assert stamps[0] == stamps[1] != (folder / "chart.png").stat().st_mtime_ns


def test_the_arms_are_drawn_again_when_another_arm_joins(tmp_path: Path) -> None:
    judged(leak(tmp_path / "drills/5.1-documented"))
    for arm, panels in (("placebo", 2), ("original", 3)):
        judged(leak(tmp_path / f"drills/5.1-{arm}", arm=arm), arm=arm)
        main(["build", "--output", str(tmp_path)])
        with Image.open(tmp_path / "drills/5.1-documented/arms.png") as image:
            assert image.height == 560 * panels


def test_a_broken_record_is_told_once_and_the_rest_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(leak(tmp_path / "drills/5.1-documented"))
    judged(leak(tmp_path / "drills/4.2-documented"), verdict="FINE")
    assert main(["build", "--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count('found "FINE"') == 1
    assert (tmp_path / "verification.json").exists()


def test_a_leaked_secret_stops_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", 'a "quoted" secret')
    folder = judged(leak(tmp_path / "drills/5.1-documented"), reason='said a "quoted" secret')
    assert main(["build", "--output", str(tmp_path), "--secret-variable", "DB_PASSWORD"]) == 2
    said = capsys.readouterr().err
    assert str(folder / "verdict.json") in said
    assert "quoted" not in said
    assert not (tmp_path / "verification.json").exists()


def test_a_secret_variable_must_hold_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leak(tmp_path / "drills/5.1-documented")
    assert main(["build", "--output", str(tmp_path), "--secret-variable", "NOT_SET_ANYWHERE"]) == 2
    assert "expected a variable with a value, found none" in capsys.readouterr().err


def test_show_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(leak(tmp_path / "drills/5.1-documented"))
    assert main(["show", "--output", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "UNPROVEN" in printed.split("Of the 1 causes")[0]
    assert "Of the 1 causes recorded here, 1 drilled: 1 UNPROVEN" in " ".join(printed.split())


def test_setup_that_is_up_to_date_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "installed", lambda: True)
    assert "already there" in node.setup()


def test_setup_installs_again_when_the_lock_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    mark = tmp_path / "installed"
    mark.write_text("an older lock")
    monkeypatch.setattr(node, "INSTALLED", mark)
    monkeypatch.setattr(node, "run", lambda arguments, **_: ran.extend(arguments[1:2]))
    assert "installed the Allure page maker" in node.setup()
    assert ran == ["ci"]
    assert mark.read_bytes() == node.LOCK.read_bytes()


def test_the_lock_has_a_hash_for_every_package_and_names_no_registry() -> None:
    packages = json.loads(node.LOCK.read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert [name for name, entry in fetched.items() if "integrity" not in entry] == []
    assert [name for name, entry in fetched.items() if "resolved" in entry] == []
