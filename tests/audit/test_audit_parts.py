"""What the seeded defects do not reach: bounds, words of commands, waivers, files, routes, missing tools."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import promql_parser
import pytest

from drills.audit import agreement, notification, runbook_commands, scripts, worst_case
from drills.audit.alert_rules import read_rules, rules_in
from drills.audit.bounds import Known, bounds
from drills.audit.errors import AuditError
from drills.audit.finding import Finding, NotRun, Outcome, Severity
from drills.audit.material import Material
from drills.audit.project import read_project
from drills.audit.running import AUDITS, audited
from drills.audit.samples import from_files
from drills.audit.texts import template_error
from drills.audit.waivers import Waiver, read_waivers, unexcused
from drills.audit.words import commands
from drills.audit.worlds import Untold, worlds
from drills.runbook.shell_check import Console
from tests.audit.staged import whole

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 12, 1)
FINDING = Finding("compose/restart/web", "compose", Severity.MEDIUM, "t", "e", "p")
INF = float("inf")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5", 5, 5),
        ("-up", -1, 0),
        ("1 - up", 0, 1),
        ("node_cpu_share", 0, 1),
        ("100 * disk_used_ratio", 0, 100),
        ("rate(x_total[5m])", 0, INF),
        ("sum(rate(x_total{a='b'}[5m])) / sum(rate(x_total[5m]))", 0, 1),
        ("sum(rate(x_total{a='b'}[5m])) / sum(rate(x_total[1m]))", 0, INF),
        ("sum(rate(x_total[5m])) / sum(rate(x_total{a='b'}[5m]))", 0, INF),
        ("anything", -INF, INF),
        ("clamp_max(anything, 3)", -INF, 3),
        ("sum(up)", 0, INF),
        ("max(up)", 0, 1),
        ("absent(anything)", 1, 1),
        ("anything > bool 3", 0, 1),
        ("(anything > 3) or up", 0, INF),
    ],
)
def test_bounds_follow_from_the_expression(text: str, low: float, high: float) -> None:
    found = bounds(promql_parser.parse(text), Known({}))
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("docker ps | grep web", [["docker", "ps"], ["grep", "web"]]),
        ("sudo docker logs web", [["docker", "logs", "web"]]),
        ("watch -n 5 'curl -s http://x | jq .a'", [["curl", "-s", "http://x"]]),
        ("A=1 B=2 run it", [["run", "it"]]),
        ("x=$(docker exec db psql)", [["docker", "exec", "db", "psql"]]),
        ("for a in $(ls b); do rm $a; done", None),
        ("'not closed", []),
    ],
)
def test_words_of_simple_commands(text: str, words: list[list[str]] | None) -> None:
    found = [each for each in commands(text) if not each[0].startswith("x=")]
    assert found == words if words is not None else ["ls", "b"] in found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ $labels.job }} is at {{ $value | humanize }}", False),
        ('{{ with query "up" }}{{ . | first | value }}{{ end }}', False),
        ("{{ if gt $value 5.0 }}a{{ else }}b{{ end }}", False),
        ('{{ range $i, $e := query "up" }}{{ $e.Value }}{{ end }}', False),
        ("{{ $labels.job", True),
        ("{{ $label.job }}", True),
        ("{{ humanised $value }}", True),
        ("{{ end }}", True),
        ("plain", False),
    ],
)
def test_templates_that_prometheus_cannot_expand(text: str, wrong: bool) -> None:  # noqa: FBT001
    assert bool(template_error(text)) is wrong


def test_a_good_waiver_excuses_and_others_are_told() -> None:
    good = Waiver(FINDING.id, "a reason", TODAY)
    over = Waiver(FINDING.id, "a reason", date(2026, 11, 30))
    spare = Waiver("compose/restart/gone", "a reason", TODAY)
    assert unexcused([FINDING], [good], TODAY, frozenset()) == ()
    assert [one.id for one in unexcused([FINDING], [over], TODAY, frozenset())] == [
        FINDING.id,
        "waivers/over/compose-restart-web",
    ]
    assert [one.id for one in unexcused([], [spare], TODAY, frozenset())] == ["waivers/unmatched/compose-restart-gone"]
    assert unexcused([], [spare], TODAY, frozenset(["compose"])) == ()


def test_an_audit_that_saw_only_a_part_and_found_nothing_is_unseen() -> None:
    assert Outcome((), (NotRun("compose", "w"),)).unseen == {"compose"}
    assert Outcome((FINDING,), (NotRun("compose", "w"),)).unseen == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\nfinding = 'a'\nuntil = 2027-01-01\n",
        "[[waiver]]\nfinding = 'a'\nreason = ' '\nuntil = 2027-01-01\n",
        "[[waiver]]\nfinding = 'a'\nreason = 'r'\nuntil = '2027-01-01'\n",
        "[[waiver]]\nfinding = 'a'\nreason = 'r'\nuntil = 2027-01-01\nwho = 'x'\n",
        "waiver = 3\n",
        "not toml",
    ],
)
def test_a_waiver_needs_its_name_its_reason_and_its_day(text: str, tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AuditError, match=r"waivers\.toml: "):
        read_waivers(file)


def test_without_anything_every_audit_says_what_it_lacks() -> None:
    outcome = audited(Material())
    assert outcome.findings == ()
    assert {one.audit for one in outcome.not_run} == AUDITS.keys()


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "page"}, ["pager"]),
        ({"severity": "page", "team": "a"}, ["pager", "team-a"]),
        ({"team": "a"}, ["team-a"]),
        ({"severity": "info"}, ["default"]),
    ],
)
def test_alerts_are_led_as_alertmanager_leads_them(labels: dict[str, str], receivers: list[str]) -> None:
    route = {
        "receiver": "default",
        "routes": [
            {"matchers": ['severity="page"'], "receiver": "pager", "continue": True},
            {"match_re": {"team": "a|b"}, "routes": [{"match": {"team": "a"}, "receiver": "team-a"}]},
        ],
    }
    assert notification.reached(route, labels, "") == receivers


def test_severities_that_differ_are_told() -> None:
    base = whole()
    assert base.runbook is not None
    assert base.rules is not None
    held = base.rules
    first = replace(base.runbook.incidents[0], severity="SEV-1")
    book = replace(base.runbook, incidents=(first, *base.runbook.incidents[1:]))

    def graded(label: str) -> list[str]:
        rules = replace(
            held,
            rules=tuple(
                replace(rule, labels={**rule.labels, "severity": label}) if rule.name == first.alert.name else rule
                for rule in held.rules
            ),
        )
        found = agreement.audit(replace(base, rules=rules, runbook=book))
        return [one.id for one in found if isinstance(one, Finding) and "/severity/" in one.id]

    assert graded("warning") == ["agreement/severity/HighErrorRate"]
    assert graded("critical") == []


def test_the_old_spelling_of_compose_is_told_where_it_is_not_there() -> None:
    nothing = Console(lambda _: False, "nowhere")
    found = [one.id for one in runbook_commands.audit(replace(whole(), console=nothing)) if isinstance(one, Finding)]
    assert found == ["commands/compose-v1/docker-compose"]


def test_what_a_missing_program_would_have_found_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sys.executable", str(tmp_path / "python"))
        patch.setenv("PATH", str(tmp_path))
        for audit, program in ((scripts, "shellcheck"), (notification, "amlint"), (worst_case, "promtool")):
            reasons = [one.reason for one in audit.audit(whole()) if isinstance(one, NotRun)]
            assert any(program in reason for reason in reasons), reasons


def test_compose_files_are_merged_and_their_variables_filled_in(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TAG=2\n# no\nEMPTY=\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text(
        "name: shop\nservices:\n  web: {image: 'shop:${TAG}', ports: ['80:8080', {target: 1, published: '2'}]}\n"
        "  once: {image: '${NONE:-x:1}', command: 'echo $$HOME'}\n",
        encoding="utf-8",
    )
    (tmp_path / "b.yml").write_text(
        "services:\n  web: {environment: ['A=1'], container_name: web, "
        "depends_on: {once: {condition: service_completed_successfully}}}\n",
        encoding="utf-8",
    )
    project = read_project([tmp_path / "a.yml", tmp_path / "b.yml"])
    web, once = project.service("web"), project.service("once")
    assert web
    assert once
    assert (web.image, web.environment, once.image, once.one_shot) == ("shop:2", {"A": "1"}, "x:1", True)
    assert once.said["command"] == "echo $HOME"
    assert project.published == {80, 2}
    assert project.containers() == {"web", "shop-once-1", "shop-once-2", "shop-once-3"}


@pytest.mark.parametrize("text", ["", "a: [", "services: 3", "x: 1"])
def test_what_is_no_input_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "given.yml"
    file.write_text(text, encoding="utf-8")
    for read in (lambda: read_project([file]), lambda: read_rules([file])):
        with pytest.raises(AuditError, match=r"given\.yml: "):
            read()
    bad = tmp_path / "bad.prom"
    bad.write_text("no metric at all {", encoding="utf-8")
    with pytest.raises(AuditError, match=r"bad\.prom: line 1"):
        from_files([str(bad)])


def lines(expression: str) -> list[dict[str, str]]:
    tree = promql_parser.parse(expression)
    return [{line.series: line.values for line in world} for world in worlds(tree, Known({}), 9)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('up{job="a"} == 0', [{'up{job="a"}': "0x9"}]),
        ("up < 1", [{"up{}": "0x9"}]),
        ("x > 5", [{"x{}": "1e+09x9"}]),
        ("x < 5", [{"x{}": "-1e+09x9"}]),
        ('rate(x_total{s=~"5.."}[5m]) > 1', [{'x_total{s="500"}': "0+1e+09x9"}]),
        ("a_bytes / b_bytes > 0.9", [{"a_bytes{}": "1e+09x9", "b_bytes{}": "1x9"}]),
        ("sum(x unless x offset 5m or increase(x[5m])) > 1", [{"x{}": "0+1e+09x9"}]),
        ("absent(x)", [{}]),
        ("x > 1 or up == 0", [{"x{}": "1e+09x9"}, {"up{}": "0x9"}]),
    ],
)
def test_worst_cases_are_as_bad_as_can_be(expression: str, expected: list[dict[str, str]]) -> None:
    assert lines(expression) == expected


@pytest.mark.parametrize("expression", ["x - x > 0", "x offset 5m > 1", "count(x) > 3", "0 < x < 5"])
def test_an_expression_without_a_known_worst_case_is_said_to_be_one(expression: str) -> None:
    with pytest.raises(Untold):
        lines(expression)


def test_promtool_is_asked_and_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in for promtool, which answers as the real one does where a rule stays silent."""
    tool = tmp_path / "promtool"
    tool.write_text(
        '#!/bin/sh\ngrep -q Quiet tests.yml && { echo "  FAILED:\n    exp: {} 1E+00\n    got: nil"; exit 1; }\nexit 0\n'
    )
    tool.chmod(0o755)
    rules = rules_in("groups: [{name: g, rules: [{alert: Quiet, expr: x > 1}, {alert: Loud, expr: y > 1}]}]", "r.yml")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        found = list(worst_case.audit(Material(rules=rules)))
    assert [one.id for one in found if isinstance(one, Finding)] == ["worst-case/silent/Quiet"]
