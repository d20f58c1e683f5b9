import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.smoke.headers import strict_transport
from drills.checks.health import names, tls
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import context, require, target_at
from tests.helpers.ports import closed_port, silent_port
from tests.helpers.tls_server import OURS, chained, made, served

FOREIGN = "DNS:other.example"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("tls") / "ours", OURS)


def test_certificate_that_is_in_order(ours: Path) -> None:
    with served(ours, b"Strict-Transport-Security: max-age=1\r\n") as target:
        for one in (tls.certificate, tls.old_tls, strict_transport):
            require(one(context(target)), "")
        check_result = tls.certificate_life(context(target))
    require(check_result, "")
    assert 59 < check_result.figures["certificate_seconds"] / 86400 <= 60


def test_front_door_over_tls_may_be_another_than_the_first(ours: Path) -> None:
    with served(ours) as target:
        require(tls.certificate(context(target.changed(front_url="http://h:1", tls_url=target.front_url))), "")


def test_front_door_without_tls_is_left_out() -> None:
    for one in (tls.certificate, tls.certificate_life, tls.old_tls, strict_transport):
        assert one(context(target_at())).outcome is Outcome.SKIPPED


def test_certificate_of_an_untrusted_authority_is_seen(ours: Path) -> None:
    with served(ours) as target:
        require(tls.certificate(context(target.changed(ca_file=None))), "cannot be trusted: unable to get local issuer")


def test_certificate_for_another_name_is_seen(tmp_path: Path) -> None:
    with served(made(tmp_path / "other", FOREIGN)) as target:
        require(tls.certificate(context(target)), "certificate is not valid for '127.0.0.1'")


def expiring(folder: Path, days: int) -> tuple[CheckResult, CheckResult]:
    with served(made(folder, OURS, days)) as target:
        return tls.certificate(context(target)), tls.certificate_life(context(target))


def test_certificate_that_runs_out_soon_is_seen_with_its_seconds(tmp_path: Path) -> None:
    trust, life = expiring(tmp_path / "soon", 5)
    require(trust, "")
    require(life, "days left, less than 14")
    assert life.figures["certificate_seconds"] < 5 * 86400


def test_certificate_that_ran_out_is_seen_and_no_question_of_trust(tmp_path: Path) -> None:
    trust, life = expiring(tmp_path / "over", 0)
    require(trust, "")
    require(life, "expired on ")
    assert life.figures["certificate_seconds"] <= 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_that_is_spoken_is_seen(ours: Path) -> None:
    with served(ours, outdated=True) as target:
        require(tls.old_tls(context(target)), "TLSv1.1 is spoken")


@pytest.mark.parametrize(
    "header", [b"", b"Strict-Transport-Security: max-age=0\r\n", b"Strict-Transport-Security: x\r\n"]
)
def test_transport_that_is_not_strict_is_seen(ours: Path, header: bytes) -> None:
    with served(ours, header) as target:
        require(strict_transport(context(target)), "Strict-Transport-Security '")


def test_port_without_tls_is_seen() -> None:
    require(tls.certificate(context(target_at(f"https://{closed_port()}"))), "connection refused")
    with silent_port() as address:
        require(
            tls.certificate(context(target_at(f"https://{address}", timeout_s=0.2))),
            "no TLS at 127.0.0.1",
        )


def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str, front: str = "http://schedgen.example") -> CheckResult:
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **given: Any) -> Any:
        if host != "schedgen.example":
            return real(host, port, *rest, **given)
        if not addresses:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 80)) for address in addresses]

    monkeypatch.setattr("drills.checks.health.names.socket.getaddrinfo", look_up)
    return names.front_name(context(target_at(front, timeout_s=0.5)))


def test_name_whose_addresses_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_port() as here:
        require(resolved(monkeypatch, "127.0.0.1", front=f"http://schedgen.example:{here.partition(':')[2]}"), "")


def test_name_with_one_address_that_does_not_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_port() as here:
        front = f"http://schedgen.example:{here.partition(':')[2]}"
        check_result = resolved(monkeypatch, "127.0.0.1", "127.0.0.2", front=front)
    require(check_result, "1 of 2 addresses of schedgen.example do not answer: 127.0.0.2 ([Errno 111]")


def test_name_that_is_none_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    require(resolved(monkeypatch), "schedgen.example has no address: [Errno -2] Name or service not known")


def test_machine_without_a_route_to_any_address_skips_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.checks.health.names._unreachable", lambda *_: None)
    require(resolved(monkeypatch, "2001:db8::1"), "no way from here to any address")


@pytest.mark.parametrize("front", ["http://192.0.2.1", "http://[2001:db8::1]:80", "http://localhost:3000"])
def test_address_needs_no_name(front: str) -> None:
    assert names.front_name(context(target_at(front))).outcome is Outcome.SKIPPED


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%y%m%d%H%M%SZ")


@pytest.mark.parametrize(
    ("until", "seen"),
    [
        ("250101000000Z", "the certificate of Intermediate expired on"),
        (in_days(3), "the certificate of Intermediate has 3.0 days left, less than 14"),
        (in_days(60), ""),
    ],
    ids=["expired", "soon", "fine"],
)
def test_whole_chain_has_to_be_valid(tmp_path: Path, until: str, seen: str) -> None:
    with served(chained(tmp_path / "chain", until)) as target:
        check_result = tls.certificate_life(context(target))
    require(check_result, seen)
    assert check_result.figures["certificate_seconds"] < 61 * 86400


def test_authority_of_the_own_store_need_only_be_valid_now(ours: Path) -> None:
    with served(ours) as target:
        (remark,) = tls.certificate_life(context(target)).remarks
    assert "the certificate of tests has 9.0 days left" in remark
