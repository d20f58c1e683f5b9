"""promtool accepts the rules about drills that a team copies, and their tests; a rule that is spoilt fails them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from drills.drill.sandbox_pool import SandboxPool
    from drills.sandbox.terminal import Ran

pytestmark = pytest.mark.sandbox
FOLDER = ROOT / "examples" / "prometheus"


def outcome(pool: SandboxPool, *spoilt: tuple[str, str]) -> Ran:
    rules = (FOLDER / "drills.rules.yml").read_text(encoding="utf-8")
    for written, other in spoilt:
        assert written in rules
        rules = rules.replace(written, other)
    files = {"drills.rules.yml": rules.encode(), "tests.yml": (FOLDER / "drills.rules.test.yml").read_bytes()}
    sandbox = pool.system().stack.sandbox
    sandbox.put({f"drill-rules/{name}": content for name, content in files.items()}, "/tmp")
    return sandbox.run(
        "docker run --rm --network none --entrypoint promtool -v /tmp/drill-rules:/work:ro -w /work "
        "schedgen/prometheus:1 test rules tests.yml"
    )


def test_the_rules_pass_their_tests(sandbox_pool: SandboxPool) -> None:
    ran = outcome(sandbox_pool)
    assert ran.exit == 0, ran.output


@pytest.mark.parametrize(
    ("written", "other", "alert"),
    [
        ("30 * 24", "31 * 24", "DrillsTooOld"),
        ("unless on (cause, arm, verdict)", "unless on (cause, arm)", "DrillVerdictChanged"),
        ("absent(drill_run_timestamp_seconds)", "drill_run_timestamp_seconds", "DrillsNeverHeld"),
    ],
)
def test_a_rule_that_says_something_else_fails(written: str, other: str, alert: str, sandbox_pool: SandboxPool) -> None:
    ran = outcome(sandbox_pool, (written, other))
    assert ran.exit == 1
    assert alert in ran.output
