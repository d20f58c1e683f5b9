"""`drills runbook`: what it prints, and how it refuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from drills.commands.runbook import main
from drills.settings import Settings
from tests.helpers.paths import RUNBOOK
from tests.helpers.runbook_samples import SMALL, changed
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "# DiskFull\n\n## Diagnosis\n\n```sh\ndf -h\n```\n\n## Mitigation\n\n```sh\ndocker system prune -af\n```\n"
RULES = "groups:\n- name: a\n  rules:\n  - alert: DiskFull\n    expr: disk_share > 0.9\n    for: 5m\n"


def test_json_has_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--json", "--runbook", str(SMALL)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {"incidents", "severities", "escalation", "metrics", "templates"} <= shown.keys()
    incident = shown["incidents"][0]
    assert (incident["id"], incident["alert"], incident["window"]) == (1, "ErrorsHigh", 300.0)
    assert incident["threshold"] == {"op": ">", "value": 0.05, "unit": "%", "text": "> 5%"}
    cause = incident["causes"][0]
    assert (cause["id"], cause["cause"], cause["minutes"]) == ("1.1", "Bad release", [5.0, 10.0])
    assert [sorted(command) for command in cause["commands"]] == [["line", "text"]]


def test_show_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--runbook", str(SMALL)]) == 0
    out = capsys.readouterr().out
    assert "$ scripts/rollback.sh" in out
    assert "> 5% for 5 min, back to < 1%" in out


def test_check_of_the_own_edition_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "7 incidents, 36 causes, 0 findings" in capsys.readouterr().out


def test_check_of_another_document_only_warns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--runbook", str(SMALL)]) == 0
    assert "warning: " in (err := capsys.readouterr().err)
    assert "cause 1.3 (Too slow) has no command to paste" in err


def test_check_of_the_own_edition_fails_on_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("drills.commands.runbook.settings", lambda: Settings(runbook=SMALL))
    assert main(["check", "--runbook", str(SMALL)]) == 2
    assert "has no command to paste" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("(Alert at 5%)", "(Alert at 6%)", "Error Rate says alert > 6%, incident 1 > 5%"),
        ("Error Rate: < 1%", "Error Rate: < 9%", "the target < 9% is not on the quiet side"),
        ("### 3. Sign", "### 4. Sign", "incident 4 stands in place 3"),
        ("`PoolGone`", "`ErrorsHigh`", "the alert ErrorsHigh belongs to incident 1 already"),
        ("- Red curves", "", "incident 1 has no symptoms"),
        ("- **Overview**: http://localhost:3001/d/overview", "", "the document has no dashboards"),
        ("**Escalate to Engineering", "**Ask Engineering", "the document has no escalation triggers"),
    ],
)
def test_check_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str) -> None:
    assert main(["check", "--runbook", str(changed(tmp_path, (old, new)))]) == 0
    assert words in capsys.readouterr().err


def test_check_finds_an_alert_that_the_stack_cannot_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--runbook", str(SMALL), "--stack", str(described(tmp_path))]) == 0
    err = capsys.readouterr().err
    assert "the alert PoolGone has no rule: the stack has no expression for connection_pool" in err
    assert "ErrorsHigh has no rule" not in err


def test_check_of_a_document_that_is_no_runbook_still_checks_its_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n\n```bash\nno-such-program\ncat <id>\n```\n\n```\nx\n```\n", encoding="utf-8")
    assert main(["check", str(path)]) == 2
    err = capsys.readouterr().err
    assert f"warning: {path}:4: no-such-program is no program of the sandbox's console" in err
    assert f"warning: {path}:5: <id> has to be filled in by hand" in err
    assert "code blocks that name no language, and so were not checked: 1" in err
    assert err.splitlines()[-1].startswith(f"{path}:1: no incident was found")


def test_check_without_a_bash_says_that_it_could_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("drills.runbook.shell_syntax.SHELL", "no-such-shell")
    assert main(["check"]) == 0
    assert "shell syntax was not checked" in capsys.readouterr().err


def test_check_without_a_stack_says_nothing_of_rules(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("drills.commands.runbook.settings", Settings)
    assert main(["check", "--runbook", str(SMALL)]) == 0
    assert "no rule" not in capsys.readouterr().err


def test_rules_are_those_of_the_stack_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--stack", str(described(tmp_path))]) == 0
    out = capsys.readouterr().out
    assert "rate(errors[300000ms])" in out
    assert out.count("- alert:") == 1


def test_rules_are_scaled(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--time-scale", "30"]) == 0
    assert "for: 10000ms" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "--runbook", "/nonexistent.md"], "/nonexistent.md: the runbook cannot be read"),
        (["rules", "--time-scale", "0"], "the time scale must be a number above 0"),
        (["rules", "--stack", "/nonexistent.toml"], "/nonexistent.toml: not a readable stack descriptor"),
    ],
)
def test_bad_input_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["dance"], ["show", "--dance"], ["rules", "--time-scale", "x"]])
def test_wrong_usage_is_one_sentence(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drills", "runbook", *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_a_terminal_that_lacks_a_sign_shows_a_question_mark(tmp_path: Path) -> None:
    document = tmp_path / "runbook.md"
    document.write_text(
        RUNBOOK.read_text(encoding="utf-8").replace("Recent bad deployment", "Recent 🔥 deployment"), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "drills", "runbook", "show", "--runbook", str(document)],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Recent ? deployment" in done.stdout.replace(b"\n", b" ")


def test_check_counts_what_became_of_every_piece(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert "read as tables of causes" in out
    assert re.search(r"blocks: \d{3} in the model, \d+ prose, not used, 0 with a finding", out)


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--strict"], 2)])
def test_strict_fails_on_a_finding(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    assert main(["check", str(SMALL), *arguments]) == code
    assert "has no command to paste" in capsys.readouterr().err


def test_check_tells_a_command_that_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, ("**Investigation Steps**", "**What we do**"))
    assert main(["check", str(path), "--strict"]) == 2
    captured = capsys.readouterr()
    assert "the command 'curl http://localhost:3000/health' is not read: it stands under '1. Too Many" in captured.err
    assert "0 with a finding" not in captured.out


def test_check_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "DiskFull.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Index\n", encoding="utf-8")
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")
    assert main(["check", str(tmp_path), "--rules", str(tmp_path / "rules.yml")]) == 0
    captured = capsys.readouterr()
    assert "1 incidents, 1 causes" in captured.out
    assert "read as one page an alert" in captured.out
    assert "threshold > 0.9 and a window of 300 s of DiskFull are those of its rule in" in captured.out
    assert "README" not in captured.err


def test_check_of_a_folder_tells_what_it_could_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "DiskFull.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "notes.md").write_text("# Notes\n\n```sh\ndocker ps\n```\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    assert f"{tmp_path / 'notes.md'}:1: no incident was found" in capsys.readouterr().err
    assert main(["check", str(tmp_path), "--strict"]) == 2


def test_check_of_a_folder_without_any_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("# Index\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 2
    assert "no file of this folder has a command" in capsys.readouterr().err


def test_json_of_another_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "DiskFull.md").write_text(PAGE, encoding="utf-8")
    assert main(["show", "--json", "--runbook", str(tmp_path / "DiskFull.md")]) == 0
    shown = json.loads(capsys.readouterr().out)
    incident = shown["incidents"][0]
    assert (shown["dialect"], incident["alert"], incident["threshold"]) == ("one page an alert", "DiskFull", None)
    assert incident["causes"][0]["minutes"] is None
    assert main(["show", "--runbook", str(tmp_path / "DiskFull.md")]) == 0
    assert "no threshold in the document" in capsys.readouterr().out


def test_show_prints_brackets_and_control_characters_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(tmp_path, ("| Bad release |", "| Bad \x1b[2J release [/x] |"))
    assert main(["show", "--runbook", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert r"Bad \x1b[2J release [/x]" in shown


@pytest.mark.parametrize("command", ["show", "check"])
def test_file_of_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "DiskFull.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Index\n\n- [one](DiskFull.md)\n", encoding="utf-8")
    (tmp_path / "binary.md").write_bytes(b"\0\1\2")
    assert main([command, "--runbook", str(tmp_path)]) == 0
    told = capsys.readouterr().err
    assert "binary.md:1: this is not a UTF-8 text file" in told
    assert "README.md" not in told
