import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.smoke import names, tls
from checks.target import ScheduleTarget
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import context, require, target_at
from tests.helpers.ports import closed_port, silent_port

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n%s\r\n"
FOREIGN = "DNS:other.example"
OURS = "IP:127.0.0.1"


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def made(folder: Path, name: str, days: int = 60) -> Path:
    """Make an authority and a certificate of its own for *name*; a certificate for 0 days has run out."""
    folder.mkdir(exist_ok=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9", "-subj", "/CN=tests")
    asked = ("-subj", "/CN=x", "-addext", f"subjectAltName={name}")
    openssl(folder, "req", *key, "-keyout", "key.pem", "-out", "asked.pem", *asked)
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-copy_extensions", "copy", "-days", str(days))
    openssl(folder, "x509", "-req", "-in", "asked.pem", *signed, "-out", "cert.pem")
    return folder


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("tls") / "ours", OURS)


@contextmanager
def served(folder: Path, header: bytes = b"", *, outdated: bool = False) -> Iterator[ScheduleTarget]:
    """Serve one page over TLS with the certificate in *folder*, whose authority the target trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    if outdated:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED

    def answer(server: socket.socket) -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as spoken:
                    spoken.recv(4096)
                    spoken.sendall(PAGE % header)
            except OSError:
                plain.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server,), daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        yield target_at(url, ca_file=str(folder / "ca.pem"))
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_certificate_that_is_in_order(ours: Path) -> None:
    with served(ours, b"Strict-Transport-Security: max-age=1\r\n") as target:
        for one in (tls.certificate, tls.old_tls, tls.strict_transport):
            require(one(context(target)), "")
        check_result = tls.certificate_life(context(target))
    require(check_result, "")
    assert 59 < check_result.figures["certificate_seconds"] / 86400 <= 60


def test_front_door_over_tls_may_be_another_than_the_first(ours: Path) -> None:
    with served(ours) as target:
        require(tls.certificate(context(target.changed(front_url="http://h:1", tls_url=target.front_url))), "")


def test_front_door_without_tls_is_left_out() -> None:
    for one in (tls.certificate, tls.certificate_life, tls.old_tls, tls.strict_transport):
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
        require(tls.strict_transport(context(target)), "Strict-Transport-Security '")


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

    monkeypatch.setattr("checks.smoke.names.socket.getaddrinfo", look_up)
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
    monkeypatch.setattr("checks.smoke.names._unreachable", lambda *_: None)
    require(resolved(monkeypatch, "2001:db8::1"), "no way from here to any address")


@pytest.mark.parametrize("front", ["http://192.0.2.1", "http://[2001:db8::1]:80", "http://localhost:3000"])
def test_address_needs_no_name(front: str) -> None:
    assert names.front_name(context(target_at(front))).outcome is Outcome.SKIPPED


CA = """\
[ca]
default_ca = c
[c]
database = index.txt
serial = serial
new_certs_dir = .
certificate = root.pem
private_key = root.key
default_md = sha256
policy = p
x509_extensions = e
[p]
commonName = supplied
[e]
basicConstraints = critical,CA:TRUE
"""


def chained(folder: Path, until: str) -> Path:
    """Make a certificate for this machine that an authority has signed whose own certificate is valid *until* then."""
    folder.mkdir()
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for name, text in (("ca.cnf", CA), ("index.txt", ""), ("serial", "77")):
        (folder / name).write_text(text, encoding="utf-8")
    openssl(
        folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "900", "-subj", "/CN=Root"
    )
    openssl(folder, "req", *key, "-keyout", "int.key", "-out", "int.csr", "-subj", "/CN=Intermediate")
    dates = ("-startdate", "240101000000Z", "-enddate", until, "-notext")
    openssl(folder, "ca", "-batch", "-config", "ca.cnf", "-in", "int.csr", "-out", "int.pem", *dates)
    asked = ("-subj", "/CN=x", "-addext", f"subjectAltName={OURS}")
    openssl(folder, "req", *key, "-keyout", "key.pem", "-out", "asked.pem", *asked)
    signed = ("-CA", "int.pem", "-CAkey", "int.key", "-copy_extensions", "copy", "-days", "90")
    openssl(folder, "x509", "-req", "-in", "asked.pem", *signed, "-out", "leaf.pem")
    both = (folder / "leaf.pem").read_text(encoding="utf-8") + (folder / "int.pem").read_text(encoding="utf-8")
    (folder / "cert.pem").write_text(both, encoding="utf-8")
    (folder / "root.pem").rename(folder / "ca.pem")
    return folder


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
