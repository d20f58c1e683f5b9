"""No part of a secret leaves in a run of checks, whatever signs are in it and whichever field it is in."""

import json
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drills.checks import Check, CheckContext, CheckFailed, CheckSuite, Observation, Target, TargetError
from drills.checks.reporting.metrics_text import exposition
from drills.checks.reporting.notice import message
from drills.checks.reporting.run_result import as_json
from drills.checks.reporting.summary import lines, plain
from tests.helpers.check_results import result
from tests.helpers.own_runbook import OWN_RUNBOOK

CANARY: Final = "zQ7canary5d8e"
SIGNS: Final = "/\\#?@:%&=+;,!$'\"()*<>[]{}|^`~ -_.\n\t\x00é€𝄞"
URLS: Final = {
    "front_url": "http://app:{}@127.0.0.1:9/x",
    "store_url": "https://app:{}@127.0.0.1:9",
    "prometheus_url": "http://{}@127.0.0.1:9",
    "alertmanager_url": "http://app:{}@127.0.0.1:9/prefix",
    "tls_url": "https://app:{}@127.0.0.1:9",
    "grafana_url": "http://app:{}@127.0.0.1:9?token={}",
    "redis_url": "redis://:{}@127.0.0.1:9/0",
    "postgres_dsn": "postgresql://app:{}@127.0.0.1:9/db",
    "engine_url": "tcp://app:{}@127.0.0.1:9",
    "webhook_url": "https://hooks.example.org/services/{}",
}
WHOLE: Final = ("grafana_token", "s3_access_key", "s3_secret_key")
FEW: Final = settings(max_examples=40, deadline=None, derandomize=True)
"""The same examples in every run; more of them were tried when this was written."""
secrets = st.builds("".join, st.tuples(st.text(SIGNS, max_size=3), st.just(CANARY), st.text(SIGNS, max_size=3)))


def target_with(key: str, value: str) -> Target | str:
    """Return a target with *value*, or the sentence that refuses it."""
    try:
        return Target.model_validate({"name": "x", "front_url": "http://127.0.0.1:9", key: value})
    except TargetError as error:
        return str(error)


def everything_said(target: Target, written: str) -> str:
    """Return all that a run tells of a check that the system throws *written* back at, twice, and cut in two."""
    thrown = f"no, not with {written} and {json.dumps(written)} and {quote(written)}"

    def fails(_: CheckContext) -> str:
        raise CheckFailed(thrown)

    def passes(_: CheckContext) -> Observation:
        return Observation(thrown, remarks=(thrown,))

    one = Check("x", CheckSuite.SMOKE, ("front_url",), thrown, thrown, 1, None, fails)
    context = CheckContext(target, OWN_RUNBOOK)
    run = result(one(context), replace(one, name="y", function=passes)(context))
    parts = (json.dumps(as_json(run), ensure_ascii=False), plain(lines(run)), exposition(run), repr(target))
    return "".join((*parts, message(run, target.redact)["text"]))


def require_silence(text: str) -> None:
    assert CANARY not in text.replace("\n", ""), text


@pytest.mark.parametrize("key", URLS)
@FEW
@given(secret=secrets)
def test_address_as_somebody_may_type_it(key: str, secret: str) -> None:
    assume(key != "prometheus_url" or ":" not in secret)  # what stands before a colon is a name, and no secret
    address = URLS[key].replace("{}", secret)
    found = target_with(key, address)
    require_silence(found if isinstance(found, str) else everything_said(found, address))


@pytest.mark.parametrize("key", URLS)
@FEW
@given(secret=secrets)
def test_address_as_it_should_be_written(key: str, secret: str) -> None:
    encoded = quote(secret, safe="")
    found = target_with(key, URLS[key].replace("{}", encoded))
    if isinstance(found, str):
        require_silence(found)
    else:
        require_silence(everything_said(found, secret))
        require_silence(everything_said(found, encoded))


@pytest.mark.parametrize("key", WHOLE)
@FEW
@given(secret=secrets)
def test_secret_as_a_whole_value(key: str, secret: str) -> None:
    found = target_with(key, secret)
    require_silence(found if isinstance(found, str) else everything_said(found, secret))


@FEW
@given(secret=secrets)
def test_dsn_of_keys_and_values(secret: str) -> None:
    value = secret.replace("\\", r"\\").replace("'", r"\'")
    found: Any = target_with("postgres_dsn", f"host=127.0.0.1 port=9 password='{value}'")
    require_silence(found if isinstance(found, str) else everything_said(found, secret))
