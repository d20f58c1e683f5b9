"""promtool, Prometheus' own tester, accepts the rules rendered from the runbook, and refuses spoilt ones."""

from functools import cache
from pathlib import Path

import pytest

from drills.drill.sandbox_pool import SandboxPool
from drills.runbook import load
from drills.runbook.rules import render
from drills.sandbox.stack import Stack
from drills.sandbox.terminal import Ran
from tests.helpers.generated_runbooks import RUNBOOKS, generated
from tests.helpers.paths import RUNBOOK
from tests.helpers.rule_tests import unit_tests
from tests.helpers.runbook_samples import EXPRESSIONS, written

pytestmark = pytest.mark.sandbox
SCALES = [1, 30]


@cache
def rules(scale: float) -> str:
    return render(load(RUNBOOK), EXPRESSIONS, scale)


@pytest.fixture
def stack(sandbox_pool: SandboxPool) -> Stack:
    return sandbox_pool.system().stack


def promtool(stack: Stack, verb: str, text: str, scale: float) -> Ran:
    files = {"rules.yml": text.encode(), "tests.yml": unit_tests(load(RUNBOOK), scale).encode()}
    stack.sandbox.put({f"promtool/{name}": content for name, content in files.items()}, "/tmp")
    file = "rules.yml" if verb == "check" else "tests.yml"
    return stack.sandbox.run(
        "docker run --rm --network none --entrypoint promtool -v /tmp/promtool:/work:ro -w /work "
        f"schedgen/prometheus:1 {verb} rules {file}"
    )


@pytest.mark.parametrize("scale", SCALES)
def test_the_rules_are_well_formed(stack: Stack, scale: float) -> None:
    ran = promtool(stack, "check", rules(scale), scale)
    assert ran.exit == 0, ran.output
    assert f"SUCCESS: {rules(scale).count('expr:')} rules found" in ran.output


@pytest.mark.parametrize("scale", SCALES)
def test_every_alert_fires_just_over_its_threshold_and_not_just_inside(stack: Stack, scale: float) -> None:
    ran = promtool(stack, "test", rules(scale), scale)
    assert ran.exit == 0, ran.output


def test_a_rule_that_is_no_expression_is_refused(stack: Stack) -> None:
    ran = promtool(stack, "check", rules(30).replace("runbook:queue_depth > 500", "runbook:queue_depth >"), 30)
    assert ran.exit == 1
    assert "could not parse expression" in ran.output


@pytest.mark.parametrize(
    ("written", "spoilt", "alert"),
    [
        ("runbook:queue_depth > 500", "runbook:queue_depth > 600", "HighQueueDepth"),
        ("runbook:error_rate > 0.05", "runbook:error_rate >= 0.04", "HighErrorRate"),
        ("for: 10000ms", "for: 1s", "HighErrorRate"),
    ],
)
def test_a_rule_that_says_something_else_fails(stack: Stack, written: str, spoilt: str, alert: str) -> None:
    assert written in rules(30)
    ran = promtool(stack, "test", rules(30).replace(written, spoilt), 30)
    assert ran.exit == 1
    assert alert in ran.output


def test_prometheus_has_loaded_them(stack: Stack) -> None:
    loaded = stack.sandbox.check_output(
        "curl -s localhost:9090/api/v1/rules | jq -r '.data.groups[].rules[].name' | sort"
    )
    expected = [incident.alert.name for incident in load(RUNBOOK).incidents]
    assert set(expected) <= set(loaded.split())


def test_rules_of_200_generated_runbooks_are_well_formed(stack: Stack, tmp_path: Path) -> None:
    texts = [render(load(written(tmp_path, generated(seed).encode())), EXPRESSIONS, 1) for seed in range(RUNBOOKS)]
    stack.sandbox.put({f"generated/{seed}.yml": text.encode() for seed, text in enumerate(texts)}, "/tmp")
    names = " ".join(f"{seed}.yml" for seed in range(RUNBOOKS))
    ran = stack.sandbox.run(
        "docker run --rm --network none --entrypoint promtool -v /tmp/generated:/work:ro -w /work "
        f"schedgen/prometheus:1 check rules {names}"
    )
    assert ran.exit == 0, ran.output
    assert ran.output.count("SUCCESS") == RUNBOOKS
