"""What stands on what follows from the addresses that are really shared, and one red check blocks only its own."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from checks.catalogue import ALL
from checks.health.services import backend_health, gateway_health
from checks.smoke.front_page import front_page
from checks.target import ScheduleTarget
from drills.checks import Check, CheckContext, CheckSuite, Outcome
from drills.checks.runner import CheckRunner
from drills.checks.target import TargetError
from drills.checks.target_file import from_toml
from tests.helpers.checking import context, target_at
from tests.helpers.fake_system import HEALTHY, UP, Answer, fake_system
from tests.helpers.ports import closed_port

NAMES = ("front page", "gateway health", "unknown job", "job that is no uuid")
SICK = {"status": "error", "info": {"redis": UP, "minio": UP}, "error": {"database": {"status": "down"}}}
REFUSALS: dict[str, Answer] = {
    "GET /api/jobs/SYN-no-uuid": (400, {"message": "no uuid"}),
    "GET /api/jobs/*": (404, {"message": "no job"}),
}


def outcomes(target: ScheduleTarget, names: tuple[str, ...] = NAMES) -> dict[str, Outcome]:
    with closing(CheckRunner([one for one in ALL if one.name in names], context(target))) as runner:
        return {one.name: one.outcome for one in runner.check_results()}


def test_page_that_is_wrong_blocks_nothing_else() -> None:
    with fake_system({"GET /": (200, b"{}"), "GET /health": (200, HEALTHY), **REFUSALS}) as served:
        found = outcomes(target_at(served.url))
    assert found == {name: Outcome.FAIL if name == "front page" else Outcome.PASS for name in NAMES}


def test_health_that_is_wrong_does_not_block_the_api() -> None:
    with fake_system({"GET /": (200, "<html>"), "GET /health": (200, {"status": "error"}), **REFUSALS}) as served:
        found = outcomes(target_at(served.url))
    assert found == {name: Outcome.FAIL if name == "gateway health" else Outcome.PASS for name in NAMES}


def test_door_that_does_not_answer_is_one_finding() -> None:
    found = outcomes(target_at(f"http://{closed_port()}"))
    assert found == {name: Outcome.FAIL if name == "front page" else Outcome.BLOCKED for name in NAMES}


def test_page_elsewhere_that_does_not_answer_blocks_no_api() -> None:
    with fake_system({"GET /health": (200, HEALTHY), **REFUSALS}) as served:
        found = outcomes(target_at(f"http://{closed_port()}", api_url=served.url))
    assert found == {name: Outcome.FAIL if name == "front page" else Outcome.PASS for name in NAMES}


def test_page_and_api_are_asked_at_their_own_addresses() -> None:
    with fake_system({"GET /": (200, "<html>")}) as page, fake_system({"GET /health": (200, HEALTHY)}) as api:
        target = target_at(page.url, api_url=api.url)
        assert target.changed(timeout_s=1.0).front_url == api.url
        assert front_page(context(target)).ok
        assert gateway_health(context(target)).ok


@pytest.mark.parametrize(
    ("answer", "outcome", "seen"),
    [
        ((503, SICK), Outcome.PASS, "503, names database"),
        ((503, {**SICK, "error": {"redis": {}}}), Outcome.FAIL, "503 that does not name database, which is down"),
        ((200, HEALTHY), Outcome.FAIL, "-> 200"),
    ],
)
def test_health_names_the_store_that_is_down(answer: Answer, outcome: Outcome, seen: str) -> None:
    names = ("postgres", "backend health", "gateway health", "unknown job")
    dsn = f"postgresql://app@{closed_port()}/app"
    with fake_system({"GET /health": answer, **REFUSALS}) as served:
        target = target_at(served.url, backend_url=served.url, postgres_dsn=dsn, timeout_s=2.0)
        with closing(CheckRunner([one for one in ALL if one.name in names], context(target))) as runner:
            found = {one.name: one for one in runner.check_results()}
    assert found["postgres"].outcome is Outcome.FAIL
    assert (found["backend health"].outcome, seen in found["backend health"].seen) == (outcome, True)
    assert found["unknown job"].outcome is Outcome.BLOCKED, "the API needs its stores"


@pytest.mark.parametrize(("text", "unreached"), [("FATAL: no such password", False), ("no route to host", True)])
def test_store_that_only_refused_us_is_not_down(text: str, *, unreached: bool) -> None:
    def function(_: CheckContext) -> str:
        raise psycopg.OperationalError(text)

    one = Check("x", CheckSuite.HEALTH, ("front_url",), "", "", 1, None, function)
    assert one(context(target_at())).unreached is unreached


def test_part_that_the_system_does_not_have_is_told_from_one_that_is_not_given() -> None:
    bare = context(target_at())
    assert backend_health(bare).seen == "not checked: no backend URL in the target"
    without = context(target_at(without=["backend_url"]))
    assert backend_health(without).seen == "not checked: this system has no backend URL"


def test_target_names_its_runbook_beside_its_file(tmp_path: Path) -> None:
    path = tmp_path / "staging.toml"
    path.write_text('front_url = "http://h:1"\nrunbook = "ours.md"\nwithout = ["redis_url"]\n', encoding="utf-8")
    assert from_toml(path, None, ScheduleTarget).runbook == str(tmp_path / "ours.md")
    path.write_text('front_url = "http://h:1"\nwithout = ["redis"]\n', encoding="utf-8")
    with pytest.raises(TargetError, match="without names 'redis', which is no key of a target"):
        from_toml(path, None, ScheduleTarget)


def test_what_only_the_letter_of_a_contract_says_is_asked_of_those_that_keep_it() -> None:
    (one,) = [each for each in ALL if each.name == "connection gauges"]
    url = f"http://{closed_port()}"
    assert one(context(target_at(backend_url=url))).seen.startswith("not checked: the target does not say contract")
    assert one(context(target_at(backend_url=url, contract="reference"))).outcome is Outcome.FAIL
