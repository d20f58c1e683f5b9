"""Unusual targets are one sentence each, without their secrets."""

from pathlib import Path
from typing import Any

import pytest

from drills.checks.target import Target, TargetError
from drills.checks.target_file import require_ca_file
from drills.common.address_secrets import shown

FRONT = "http://127.0.0.1:3000"


def a_target(**fields: Any) -> Target:
    return Target(**{"name": "x", "front_url": FRONT, **fields})


def refusal(**fields: Any) -> str:
    with pytest.raises(TargetError) as caught:
        a_target(**fields)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://[::1:18089/", "http://a..b/", f"http://{'x' * 70}.org/", "http://:80", "HTTP://", "http://.org"]
)
def test_address_that_no_resolver_takes(url: str) -> None:
    with pytest.raises(TargetError, match="front_url must look like http://host:port, but it is "):
        Target.from_url(url)


@pytest.mark.parametrize("key", ["timeout_s", "deadline_s", "answer_s", "certificate_days"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1e300, -1, 0])
def test_number_that_no_clock_takes(key: str, value: float) -> None:
    assert f"{key} must be a number of " in refusal(**{key: value})


@pytest.mark.parametrize("key", ["queue", "ca_file", "grafana_token", "front_url", "redis_url", "store_url", "name"])
def test_empty_text(key: str) -> None:
    assert f"{key} must not be empty" in refusal(**{key: ""})


def test_scheme_in_capitals_is_the_same_scheme() -> None:
    target = Target(name="x", front_url="HTTPS://Plan.example.org/A", redis_url="REDISS://cache:1")
    assert (target.front_url, target.redis_url) == ("https://Plan.example.org/A", "rediss://cache:1")


@pytest.mark.parametrize("sign", "/#?")
@pytest.mark.parametrize("user", ["", "app"])
@pytest.mark.parametrize(
    ("key", "scheme"),
    [("redis_url", "redis"), ("front_url", "http"), ("postgres_dsn", "postgresql"), ("tls_url", "https")],
)
@pytest.mark.parametrize("secret", ["s3cR3t{}pa55word", "1234{}pa55word", "s3c@{}pa55word"])
def test_password_with_a_sign_that_ends_it_never_shows(
    key: str, scheme: str, user: str, sign: str, secret: str
) -> None:
    address = f"{scheme}://{user}:{secret.format(sign)}@127.0.0.1:5432/db"
    try:
        text = repr(a_target(**{key: address}))
    except TargetError as error:
        text = str(error)
    assert "pa55word" not in text
    assert "s3c" not in text


@pytest.mark.parametrize("key", ["redis_url", "front_url", "postgres_dsn"])
def test_such_a_password_is_refused_with_what_to_write(key: str) -> None:
    scheme = {"redis_url": "redis", "front_url": "http", "postgres_dsn": "postgresql"}[key]
    assert "written as %40, %2F" in refusal(**{key: f"{scheme}://app:1234/pa55word@127.0.0.1:5432/db"})


def test_password_of_the_engine_is_a_secret() -> None:
    target = Target(name="x", front_url=FRONT, engine_url="tcp://user:PASSW0RD@10.0.0.5:2375")
    assert "PASSW0RD" not in repr(target)
    assert (
        target.redact("cannot reach tcp://user:PASSW0RD@10.0.0.5:2375") == "cannot reach tcp://user:***@10.0.0.5:2375"
    )


def test_a_webhook_may_have_an_at_in_its_path() -> None:
    url = "https://hooks.example.org/webhook/one@two/IncomingWebhook/three"
    assert Target(name="x", front_url=FRONT, webhook_url=url).webhook_url == url


def test_only_the_user_is_shown() -> None:
    assert shown("redis://me:hush@h:1") == "redis://me:***@h:1"
    assert shown("redis://:q1w2/E3r4t5=@h:1") == "redis://:***@h:1"
    assert shown("redis://token@h:1") == "redis://***@h:1"
    assert shown("me:hush@h") == "me:***@h"


def test_ca_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"x: ca_file: .*/none\.pem cannot be read \(No such file"):
        require_ca_file(Target(name="x", front_url=FRONT, ca_file=str(tmp_path / "none.pem")))
    (tmp_path / "no.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(TargetError, match=r"x: ca_file: .*/no\.pem holds no certificate"):
        require_ca_file(Target(name="x", front_url=FRONT, ca_file=str(tmp_path / "no.pem")))


def test_ca_file_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Target(name="x", front_url=FRONT, ca_file="~/ca.pem").ca_file == f"{tmp_path}/ca.pem"
