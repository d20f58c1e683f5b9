"""`instruments`: a hash for each part of what measures, which changes with the part and with nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from drills.drill.phases.instruments import loaded_parts
from tests.helpers.fake_system import Answer, fake_system

RULE = {
    "type": "recording",
    "name": "runbook:error_rate",
    "query": "sum(rate(errors[5s]))",
    "duration": 5,
    "labels": {"incident": "1"},
    "state": "inactive",
    "lastEvaluation": "2026-11-30T06:00:00Z",
    "evaluationTime": 0.001,
}
PARTS = ("rules", "configuration", "flags", "scrape jobs")


def saying(data: Any) -> tuple[int, Any]:
    return 200, {"status": "success", "data": data}


def hashes(
    rule: dict[str, Any] | None = None,
    *,
    configuration: str = "global: {}",
    flags: str = "",
    jobs: tuple[str, ...] = ("b", "a"),
    answers: dict[str, Answer] | None = None,
) -> dict[str, str]:
    groups = [{"name": "runbook", "interval": 0.5, "rules": [rule or RULE], "lastEvaluation": "now"}]
    served: dict[str, Answer] = {
        "GET /api/v1/rules": saying({"groups": groups}),
        "GET /api/v1/status/config": saying({"yaml": configuration}),
        "GET /api/v1/status/flags": saying({"web.listen-address": flags}),
        "GET /api/v1/scrape_pools": saying({"scrapePools": list(jobs)}),
    }
    with fake_system(served | (answers or {})) as prometheus:
        return loaded_parts(prometheus.url)


def changed(**parts: Any) -> set[str]:
    before, after = hashes(), hashes(**parts)
    return {name for name in PARTS if before[name] != after[name]}


def test_every_part_has_a_hash() -> None:
    assert set(hashes()) == set(PARTS)


@pytest.mark.parametrize("key", ["query", "duration", "labels", "name"])
def test_rewritten_rule_changes_the_hash_of_the_rules(key: str) -> None:
    assert changed(rule=RULE | {key: "0.1"}) == {"rules"}


def test_state_and_times_of_a_rule_change_nothing() -> None:
    later = {"state": "firing", "lastEvaluation": "2026-11-30T07:00:00Z", "evaluationTime": 0.2}
    assert changed(rule=RULE | later) == set()


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"configuration": "global: {scrape_interval: 1h}"}, "configuration"),
        ({"flags": ":1"}, "flags"),
        ({"jobs": ("a",)}, "scrape jobs"),
    ],
)
def test_other_part_that_changes_is_named(facts: dict[str, Any], part: str) -> None:
    assert changed(**facts) == {part}


def test_order_of_the_jobs_changes_nothing() -> None:
    assert changed(jobs=("a", "b")) == set()


@pytest.mark.parametrize("path", ["rules", "status/config", "status/flags", "scrape_pools"])
def test_part_that_is_not_answered_is_no_hash_at_all(path: str) -> None:
    answers: dict[str, Answer] = {f"GET /api/v1/{path}": (503, "starting")}
    assert hashes(answers=answers) == {}


@pytest.mark.parametrize(("path", "data"), [("status/config", {}), ("scrape_pools", {"scrapePools": None})])
def test_answer_without_the_part_is_no_hash(path: str, data: dict[str, Any]) -> None:
    answers: dict[str, Answer] = {f"GET /api/v1/{path}": saying(data)}
    assert hashes(answers=answers) == {}


def test_no_answer_is_no_hash() -> None:
    assert loaded_parts("http://127.0.0.1:1") == {}
