"""Endpoints that a target declares are asked as it says, and what differs is seen."""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from checks.catalogue import ALL, OF_THIS_SUITE
from checks.target import ScheduleTarget
from drills.checks import Check, CheckResult, Outcome, Target, TargetError
from drills.checks.health.endpoints.asking import endpoint_checks
from drills.checks.runner import CheckRunner
from drills.checks.target_file import from_toml
from tests.helpers.checking import context, target_at
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system
from tests.helpers.paths import ROOT
from tests.helpers.ports import closed_port

SHOP = {"status": "ok", "parts": [{"name": "cart", "open": True}], "count": 1}


def look(endpoint: dict[str, Any], answer: Answer, **about: Any) -> CheckResult:
    """Ask the one endpoint of a system that has nothing else."""
    asked = f"{endpoint.get('method', 'GET')} /health"
    with fake_system({asked: answer}) as served:
        target = Target.model_validate({"name": "x", "front_url": served.url, "endpoints": [endpoint], **about})
        (one,) = endpoint_checks(target)
        return one(context(target))


@pytest.mark.parametrize(
    ("endpoint", "answer"),
    [
        ({}, (200, b"")),
        ({"status": 204}, (204, b"")),
        ({"status": [200, "5xx"]}, (503, {})),
        ({"method": "HEAD"}, (200, b"")),
        ({"method": "OPTIONS", "status": "2xx"}, (204, b"")),
        ({"json": {"status": "ok", "parts": [{"open": True}], "count": 1.0}}, (200, SHOP)),
        ({"json": "up"}, (200, b'"up"')),
        ({"headers": {"Content-Type": "JSON", "x-kept": ""}}, (200, {"headers": [("X-Kept", "1")]})),
        ({"text": "welcome"}, (200, "<p>welcome</p>")),
    ],
)
def test_endpoint_that_answers_as_declared(endpoint: dict[str, Any], answer: Answer) -> None:
    result = look({"path": "/health", **endpoint}, answer)
    assert result.outcome is Outcome.PASS, str(result)


@pytest.mark.parametrize(
    ("endpoint", "answer", "seen"),
    [
        ({}, (500, "<p>oh</p>"), "GET /health -> 500 <p>oh</p>"),
        ({"status": "3xx"}, (200, b""), "GET /health -> 200"),
        ({"json": {"status": "ok"}}, (200, {"status": "down"}), '200, but status is "down", not "ok"'),
        ({"json": {"parts": [{"open": True}]}}, (200, {"parts": [{"open": 1}]}), "parts[0].open is 1, not true"),
        ({"json": {"parts": []}}, (200, SHOP), 'parts is [{"name": "cart", "open": true}], not []'),
        ({"json": {"a": {"b": 1}}}, (200, {"a": {}}), "200, but no a.b"),
        ({"json": {"a": 1}}, (200, b"[]"), "the body is [], not {"),
        ({"json": {"a": 1}}, (200, "<p>"), "200, but no JSON: <p>"),
        ({"headers": {"x-kept": ""}}, (200, {}), "200, but no header x-kept"),
        ({"headers": {"content-type": "json"}}, (200, "<p>"), "header content-type is 'text/html', without 'json'"),
        ({"text": "welcome", "headers": {"x-a": ""}}, (200, "<p>"), "no header x-a; no 'welcome' in <p>"),
    ],
)
def test_endpoint_that_answers_otherwise_is_seen(endpoint: dict[str, Any], answer: Answer, seen: str) -> None:
    result = look({"path": "/health", **endpoint}, answer)
    assert result.outcome is Outcome.FAIL, str(result)
    assert seen in result.seen


def test_endpoint_slower_than_its_own_limit_is_degraded() -> None:
    def slowly(_: Asked) -> Reply:
        time.sleep(0.3)
        return 200, {}

    assert look({"path": "/health", "answer_s": 0.2}, slowly, answer_s=60.0).outcome is Outcome.DEGRADED
    assert look({"path": "/health", "answer_s": 60.0}, slowly, answer_s=0.2).outcome is Outcome.PASS


def test_endpoint_elsewhere_is_asked_there_with_its_headers() -> None:
    with fake_system({"GET /deep/": (200, {})}) as served:
        endpoint = {"url": f"{served.url}/deep/?a=1", "send_headers": {"Authorization": "Bearer hush-hush"}, "level": 4}
        target = Target.model_validate({"name": "x", "front_url": "http://127.0.0.1:1", "endpoints": [endpoint]})
        (one,) = endpoint_checks(target)
        result = one(context(target))
        (asked,) = served.asked
    assert result.outcome is Outcome.PASS, str(result)
    assert (asked.path, asked.headers["authorization"]) == ("/deep/?a=1", "Bearer hush-hush")
    assert (one.level, one.name) == (4, f"endpoint GET {served.url.removeprefix('http://')}/deep/")
    assert "hush-hush" not in repr(target) + target.redact("said hush-hush")


def test_endpoint_follows_the_path_of_the_front_url() -> None:
    with fake_system({"GET /shop/health": (200, {})}) as served:
        target = Target.model_validate(
            {"name": "x", "front_url": f"{served.url}/shop/", "endpoints": [{"path": "/health"}]}
        )
        (one,) = endpoint_checks(target)
        assert one(context(target)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("endpoints", "sentence"),
    [
        ({"path": "/"}, "x: endpoints must be a list of tables"),
        (
            [{"path": "/", "stauts": 200}],
            "endpoints number 1, stauts: is no key of an endpoint; the keys are answer_s",
        ),
        ([{"path": "/"}, {}], "x: endpoints number 2: needs a path below front_url or a url"),
        ([{"path": "/", "url": "http://h/"}], "not both"),
        ([{"path": "health"}], "number 1, path: string should match"),
        ([{"path": "/", "method": "POST"}], "number 1, method: input should be 'GET', 'HEAD' or 'OPTIONS'"),
        ([{"path": "/", "status": "ok"}], "number 1, status: must be a status such as 200"),
        ([{"path": "/", "status": []}], "number 1, status: must be a status such as 200"),
        ([{"path": "/", "status": True}], "number 1, status: must be a status such as 200"),
        ([{"path": "/", "level": 5}], "number 1, level: input should be less than or equal to 4"),
        ([{"path": "/", "answer_s": 0}], "number 1, answer_s: input should be greater than 0"),
        ([{"path": "/", "method": "HEAD", "text": "a"}], "an answer to HEAD has no body"),
        ([{"path": "/a?x=1"}, {"path": "/a?x=2"}], "has two called 'GET /a'; give one of them a name"),
        ([{"url": "http://h:0/"}], "x: endpoints must look like http://host:port"),
    ],
)
def test_endpoint_that_cannot_be_asked_is_refused_in_one_sentence(endpoints: object, sentence: str) -> None:
    with pytest.raises(TargetError) as refused:
        Target.model_validate({"name": "x", "front_url": "http://h:1", "endpoints": endpoints})
    assert sentence in str(refused.value)


def test_endpoints_at_an_address_that_does_not_answer_are_one_finding() -> None:
    with fake_system({"GET /here": (200, {})}) as served:
        dead = f"http://{closed_port()}"
        endpoints = [{"path": "/a"}, {"path": "/b"}, {"url": f"{served.url}/here"}, {"url": f"{served.url}/there"}]
        target = Target.model_validate({"name": "x", "front_url": dead, "endpoints": endpoints})
        with closing(CheckRunner(endpoint_checks(target), context(target))) as runner:
            outcomes = [one.outcome for one in runner.check_results()]
    assert outcomes == [Outcome.FAIL, Outcome.BLOCKED, Outcome.PASS, Outcome.FAIL]


FILE = """
front_url = "{url}"
rule_labels = {{ team = "shop" }}

[[endpoints]]
name = "the shop is open"
path = "/health"
json = {{ status = "ok" }}
send_headers = {{ Authorization = "Bearer ${{SHOP_TOKEN}}" }}

[[endpoints]]
path = "/gone"
"""


def test_endpoints_of_a_file_take_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(FILE.format(url="http://h:1"), encoding="utf-8")
    with pytest.raises(TargetError, match="SHOP_TOKEN, which is not set"):
        from_toml(path, None, Target)
    monkeypatch.setenv("SHOP_TOKEN", "hush-hush")
    assert from_toml(path, None, Target).endpoints[0].send_headers == {"Authorization": "Bearer hush-hush"}


def run(target: str, output: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Check any web server with the suite of this repository."""
    command = [sys.executable, "-m", "pytest", "checks", "--target", target, "--output", str(output), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_any_web_server_is_asked_what_its_target_declares_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "hush-hush")
    with fake_system({"GET /health": (200, {"status": "ok"})}) as served:
        path = tmp_path / "shop.toml"
        path.write_text(FILE.format(url=served.url), encoding="utf-8")
        done = run(str(path), tmp_path / "out")
        paths = {one.path for one in served.asked}
    assert paths == {"/health", "/gone"}, done.stdout
    assert done.returncode == 1, done.stdout
    assert "FAIL endpoint GET /gone" in done.stdout
    assert "1 failed, 1 passed, " in done.stdout
    assert "left out  this target names no contract: " in done.stdout
    assert '"level": 2' in (tmp_path / "out" / "checks.json").read_text(encoding="utf-8")


def test_any_web_server_without_endpoints_only_has_to_answer(tmp_path: Path) -> None:
    with fake_system({"GET /": (404, b"")}) as served:
        done = run(served.url, tmp_path / "out")
        assert {one.path for one in served.asked} == {"/"}
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("status", "outcome"), [(200, Outcome.PASS), (302, Outcome.PASS), (502, Outcome.FAIL)])
def test_front_url_of_any_web_server(status: int, outcome: Outcome) -> None:
    with fake_system({"GET /": (status, b"")}) as served:
        target = Target.from_url(served.url)
        (one,) = endpoint_checks(target)
        assert (one.name, one(context(target)).outcome) == ("endpoint GET front URL", outcome)


def test_system_with_a_contract_is_asked_no_endpoint_that_it_does_not_declare() -> None:
    assert endpoint_checks(target_at("http://h:1")) == ()


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name.replace(" ", "-"))
def test_no_check_of_the_suite_is_asked_of_a_system_without_its_contract(one: Check) -> None:
    """Those that are asked all the same are of parts that any system may have, and need no route of it."""
    if one.name in OF_THIS_SUITE:
        result = one(context(target_at("http://127.0.0.1:1", contract=None)))
        assert result.seen == "not checked: this target names no contract"
    else:
        assert not {"backend_url", "worker_url", "page"} & set(one.needs)


@pytest.mark.parametrize("target_type", [Target, ScheduleTarget])
def test_contract_that_the_suite_does_not_know_is_refused(target_type: type[Target]) -> None:
    with pytest.raises(TargetError, match=r"x: contract must be .*, but it is 'refrence'"):
        target_type.model_validate({"name": "x", "front_url": "http://h:1", "contract": "refrence"})
