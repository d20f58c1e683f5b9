"""A Postgres of the tests' own, where the programs of one are installed; it needs no engine and no stack."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from drills.common.waiting import wait_until

DEADLINE_S = 30.0
NOBODY = 65534
"""Postgres refuses to run as root."""
SETTINGS = ("fsync=off", "max_connections=10", "superuser_reserved_connections=0", "autovacuum=off")
HBA = "host all all 127.0.0.1/32 trust\n"


def folder_of_programs() -> Path | None:
    """Return where initdb and postgres are, the newest first; None where they are not."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def small_postgres(programs: Path) -> Iterator[str]:
    """Yield the DSN (without a user) of an empty server on a free port, until the block ends."""
    user = NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="small-postgres-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        if user is not None:
            os.chown(folder, user, user)
        init: list[str | Path] = [
            programs / "initdb",
            "--no-sync",
            "-U",
            "owner",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-D",
            data,
        ]
        subprocess.run(init, check=True, capture_output=True, user=user, cwd=folder)
        (data / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        port = free_port()
        options = [word for one in SETTINGS for word in ("-c", one)]
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            data,
            "-h",
            "127.0.0.1",
            "-k",
            "",
            "-p",
            str(port),
            *options,
        ]
        server = subprocess.Popen(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            dsn = f"host=127.0.0.1 port={port} dbname=postgres"
            wait_until(
                lambda: answers(dsn),
                deadline_s=DEADLINE_S,
                expected="an answer of Postgres",
                where=dsn,
                next_step="start it by hand",
            )
            yield dsn
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(DEADLINE_S)
            server.kill()


def answers(dsn: str) -> bool:
    try:
        psycopg.connect(f"{dsn} user=owner").close()
    except psycopg.OperationalError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
