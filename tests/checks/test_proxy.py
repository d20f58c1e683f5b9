"""A system that is reached only by way of a proxy, which resolves its name, is checked like any other."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from checks.smoke.front_page import front_page
from drills.checks.health import names, tls
from drills.checks.result import Outcome
from drills.checks.target import Target, TargetError
from drills.checks.target_file import require_host
from drills.common.proxy import proxy_of
from tests.helpers.checking import context, target_at
from tests.helpers.fake_proxy import fake_proxy
from tests.helpers.ports import closed_port
from tests.helpers.tls_server import made, served

NAME = "staging.tracker.test"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_name_is_left_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    target = target_at(f"http://{NAME}")
    with pytest.raises(TargetError, match="does not resolve from here; correct front_url"):
        require_host(target)
    with fake_proxy() as (proxy, asked):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        require_host(target)
        assert front_page(context(target)).outcome is Outcome.PASS
        assert asked == [f"http://{NAME}/"]
        assert "a proxy resolves" in names.front_name(context(target)).seen


def test_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://me:hush@{closed_port()}")
    with pytest.raises(
        TargetError, match=r"the proxy 127\.0\.0\.1:.* refuses connections; correct the proxy variables"
    ) as no:
        require_host(target_at(f"http://{NAME}"))
    assert "hush" not in str(no.value)


def test_certificate_is_seen_through_the_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(made(tmp_path / "tls", f"DNS:{NAME}")) as local, fake_proxy(port_of(local)) as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        target = local.changed(front_url=f"https://{NAME}")
        assert tls.certificate(context(target)).outcome is Outcome.PASS
        assert asked == [f"{NAME}:443"]


def test_proxy_that_refuses_the_tunnel_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_proxy() as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        check_result = tls.certificate(context(target_at(f"https://{NAME}")))
    assert check_result.outcome is Outcome.FAIL
    assert "403" in check_result.seen


def test_no_proxy_is_asked_for_this_machine_and_for_names_that_are_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "proxy.test:3128")
    monkeypatch.setenv("no_proxy", ".internal")
    assert proxy_of("http://a.example/x") == "http://proxy.test:3128"
    assert proxy_of("http://a.internal:80") is None
    assert proxy_of("http://127.0.0.1:3000") is None
    assert proxy_of("https://a.example") is None


def port_of(target: Target) -> int:
    return urlsplit(target.front_url).port or 0
