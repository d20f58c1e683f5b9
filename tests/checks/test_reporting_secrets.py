"""No secret of a target is in anything that a run of checks leaves or says, whatever the system throws back at it."""

import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from checks.target import REFERENCE
from drills.common.redaction import forms_of, scan
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system, whole_system
from tests.helpers.paths import ROOT

NAMES = ("front", "postgres", "redis", "grafana", "s3-key", "s3-secret", "endpoint")
CANARIES = {name: f'zq{at}{name}/n@ry "{at}7f3b9d{at}' for at, name in enumerate(NAMES, 1)}
ENDPOINT = (
    "[[endpoints]]",
    'path = "/api/auth/status"',
    "json = { open = true }",
    f"send_headers = {{ Authorization = 'Bearer {CANARIES['endpoint']}' }}",
)
TOKEN = "hookcanary5d8e1f7a2b"
SECRETS = (*CANARIES.values(), TOKEN)
OF_STORES = (CANARIES["postgres"], CANARIES["redis"])
LOUD = ("-vv", "--showlocals", "-o", "log_cli=true", "-o", "log_level=DEBUG")


def echoing(secrets: Sequence[str]) -> Callable[[Asked], Reply]:
    """Answer with all secrets, as a careless system would; wherever an answer is cut off, some secret is cut, too."""
    shift = count()

    def echo(asked: Asked) -> Reply:
        known = f"{'.' * (next(shift) % 30)}{' '.join(secrets)} {quote(str(secrets))} {asked.path} {asked.headers}"
        headers = [
            ("X-Debug", quote(known)),
            ("Set-Cookie", f"a={quote(known)}"),
            ("Access-Control-Allow-Origin", TOKEN),
        ]
        return (500 if next(shift) % 3 else 200), {"message": known * 3, "headers": headers}

    return echo


# The checks that all others depend on pass, or the others would be blocked.
SOUND: dict[str, Answer] = {
    **{name: answer for name, answer in whole_system().items() if name in ("GET /", "GET /health")},
    "GET /-/ready": (200, b""),
    "GET /minio/health/live": (200, b""),
}


@contextmanager
def babbler(*answers: bytes) -> Iterator[str]:
    """Give every connection the same answers, whatever it asks."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    for answer in answers:
                        connection.recv(65536)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def refusal(text: str) -> bytes:
    """Return a refusal in Postgres' protocol."""
    fields = f"SFATAL\0C28P01\0M{text}\0\0".encode()
    return b"E" + struct.pack("!i", len(fields) + 4) + fields


@dataclass(frozen=True)
class Run:
    output: Path
    said: str
    told: bytes
    secrets: Sequence[str]


def told_to_target(host: str) -> list[str]:
    """Return the lines of a target whose HTTP parts are all at *host*, with a secret wherever one may be."""
    password = quote(CANARIES["front"], safe="")
    urls = ("front", "backend", "worker", "prometheus", "alertmanager", "grafana")
    return [
        f'contract = "{REFERENCE}"',
        f'store_url = "http://{host}"',
        *(f'{name}_url = "http://admin:{password}@{host}"' for name in urls),
        f'oidc_issuer = "http://admin:{password}@{host}"',
        f"grafana_token = '{CANARIES['grafana']}'",
        f"s3_access_key = '{CANARIES['s3-key']}'",
        f"s3_secret_key = '{CANARIES['s3-secret']}'",
        'sign_in_email = "student@example.org"',
        'dashboards = ["Overview"]',
        "deadline_s = 2",
        "timeout_s = 2",
    ]


def stores(postgres: str, redis: str) -> list[str]:
    password = {name: quote(one, safe="") for name, one in CANARIES.items()}
    return [
        f'postgres_dsn = "postgresql://schedgen:{password["postgres"]}@{postgres}/schedgen"',
        f'redis_url = "redis://:{password["redis"]}@{redis}/0"',
    ]


@pytest.fixture(scope="module", params=[True, False], ids=["stores refuse", "stores unknown"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Check a system that answers with its secrets; where its stores refuse, only their checks are run."""
    folder = tmp_path_factory.mktemp("secrets")
    secrets = SECRETS if request.param else [one for one in SECRETS if one not in OF_STORES]
    echo = echoing(secrets)
    with ExitStack() as open_:
        system = open_.enter_context(fake_system({**SOUND, "GET *": echo, "POST *": echo}))
        chat = open_.enter_context(fake_system({"POST /*": echo}))
        lines = told_to_target(system.url.removeprefix("http://"))
        if request.param:
            postgres = open_.enter_context(babbler(b"N", refusal(f"no, not with {CANARIES['postgres']}")))
            redis = open_.enter_context(babbler(f"-ERR no, not with {CANARIES['redis']}\r\n".encode()))
            lines += stores(postgres, redis)
        target = folder / "echo.toml"
        target.write_text("\n".join([*lines, *ENDPOINT]))
        output = folder / "output"
        command = [sys.executable, "-m", "pytest", "checks", "--target", str(target), "--output", str(output)]
        command += ["--webhook", f"{chat.url}/services/{TOKEN}", *LOUD, *(["-k", "redis or postgres"] * request.param)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        told = b"".join(one.body for one in chat.asked)
        return Run(output, done.stdout + done.stderr, told, secrets)


def test_run_was_told_and_written(run: Run) -> None:
    names = {path.name for path in run.output.iterdir()}
    assert {"checks.json", "metrics.prom", "junit.xml", "allure-results"} <= names, run.said
    assert b"SEV-1" in run.told


def test_secrets_were_thrown_back(run: Run) -> None:
    """Without secrets in the answers, the other tests would prove nothing."""
    assert (run.output / "checks.json").read_text().count("***") > 3


def test_no_file_holds_a_secret(run: Run) -> None:
    assert scan([run.output], run.secrets) == []


def test_neither_terminal_nor_chat_holds_a_secret(run: Run) -> None:
    forms = {form for one in run.secrets for form in forms_of(one)}
    assert [form for form in forms if form in run.said or form.encode() in run.told] == []


def test_nothing_holds_a_part_of_a_secret(run: Run) -> None:
    """A secret may have been cut in two, or masked in part."""
    parts = [part.encode() for one in run.secrets for part in (one[:8], one[-8:])]
    texts = {str(path): path.read_bytes() for path in run.output.rglob("*") if path.is_file()}
    texts |= {"terminal": run.said.encode(), "chat": run.told}
    assert [(name, part) for name, text in texts.items() for part in parts if part in text] == []
