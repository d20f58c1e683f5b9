"""The clean-up of this system: jobs first, before the stores that hold them, then what checks of any system leave."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from checks.cleanup import kinds
from checks.cleanup.forgotten_jobs import forgotten_jobs, jobs_of_uploads
from checks.cleanup.jobs import remove_jobs
from drills.checks import connect_postgres
from drills.checks.cleanup.cleanup import Cleanup
from drills.checks.cleanup.removal import REMOVERS, delete_keys, remover

if TYPE_CHECKING:
    from collections.abc import Collection

    from drills.checks import Target


def _delete_sessions(target: Target, names: Collection[str]) -> int:
    return delete_keys(target, [f"{target.session_prefix}{name}" for name in names])


def _delete_calendars(target: Target, names: Collection[str]) -> int:
    with closing(connect_postgres(target)) as connection:
        return connection.execute("DELETE FROM calendars WHERE name = ANY(%s)", (list(names),)).rowcount


CLEANUP: Final = Cleanup(
    removers={
        kinds.JOB: remove_jobs,
        **REMOVERS,
        kinds.SESSION: remover(("redis_url",), "[A-Za-z0-9_-]+", _delete_sessions),
        kinds.CALENDAR: remover(("postgres_dsn",), "SYN[0-9A-Z]{10}", _delete_calendars),
    },
    sweeps=(forgotten_jobs, *Cleanup().sweeps),
    resolvers={kinds.UPLOAD: jobs_of_uploads},
)
