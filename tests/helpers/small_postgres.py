"""A Postgres of the tests' own, where the programs of one are installed; it needs no engine and no stack."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from drills.common.waiting import wait_until
from tests.helpers.ports import closed_port

DEADLINE_S = 30.0
UNPRIVILEGED_UID = 65534
"""The user that Postgres runs as for root, as which it refuses to run."""
SETTINGS = ("fsync=off", "max_connections=10", "superuser_reserved_connections=0", "autovacuum=off")
HBA = "host all all 127.0.0.1/32 trust\n"


def folder_of_programs() -> Path | None:
    """Return where initdb and postgres are, the newest first; None where they are not."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def small_postgres(programs: Path) -> Iterator[str]:
    """Yield the DSN (without a user) of an empty server on a free port, until the block ends."""
    user = UNPRIVILEGED_UID if os.geteuid() == 0 else None
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
        host, _, port = closed_port().partition(":")
        options = [word for one in SETTINGS for word in ("-c", one)]
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            data,
            "-h",
            host,
            "-k",
            "",
            "-p",
            port,
            *options,
        ]
        server = subprocess.Popen(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            dsn = f"host={host} port={port} dbname=postgres"
            wait_until(
                lambda: answers(dsn),
                deadline_s=DEADLINE_S,
                expected="an answer of Postgres",
                where=dsn,
                next_step="start postgres by hand, with these options, and read what it prints",
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
