"""Find jobs of checks that no run has noted: every module in the result of such a job is made up."""

from __future__ import annotations

import json
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from checks.cleanup.kinds import JOB
from drills.checks import MARK, Artifact, connect_postgres, made_at_s
from drills.checks.cleanup.cleanup import FORGOTTEN_S, OLD_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from drills.checks import Target

SLACK_S: Final = 60.0  # the clocks of this machine and of the database may differ by as much
AT_MOST: Final = 1000
# A coarse filter, so that the database need not parse results; each result is parsed before its job counts as ours.
JOBS: Final = """
    SELECT id::text, result FROM jobs
    WHERE "createdAt" BETWEEN now() - %s * interval '1 second' AND now() - %s * interval '1 second'
    AND result::text LIKE %s LIMIT %s
"""


def jobs_of_uploads(target: Target, uploads: Collection[Artifact]) -> list[Artifact]:
    """Return the jobs that were made of `uploads`, known by their tags only, because no answer to them was read."""
    if target.postgres_dsn is None or not uploads:
        return []
    tags = {one.name for one in uploads}
    with suppress(Exception), closing(connect_postgres(target)) as connection:
        values = (time.time() - min(one.at_s for one in uploads) + SLACK_S, 0, f"%{MARK}%", AT_MOST)
        rows = connection.execute(JOBS, values).fetchall()
        return [found for job, result in rows if (found := _made_up(job, result)) and tags & set(_modules(result))]
    return []


def forgotten_jobs(target: Target) -> Iterator[Artifact]:
    """Yield the jobs of checks in the target's database."""
    if target.postgres_dsn is None:
        return
    with closing(connect_postgres(target)) as connection:
        rows = connection.execute(JOBS, (FORGOTTEN_S, OLD_S, f"%{MARK}%", AT_MOST)).fetchall()
    yield from (found for job, result in rows if (found := _made_up(job, result)))


def _made_up(job: str, result: Any) -> Artifact | None:
    """Return a job as ours, None unless every module in its result is made up: one real module makes it a student's."""
    modules = list(_modules(result))
    times = [made_at_s(one) for one in modules if one.startswith(MARK)]
    found = [made for made in times if made is not None]
    return Artifact(JOB, job, max(found)) if found and len(found) == len(modules) else None


def _modules(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        with suppress(ValueError):  # a column of text with JSON in it
            found = json.loads(found)
    if isinstance(found, dict):
        if "module" in found:
            yield str(found["module"])
        for value in found.values():
            if not isinstance(value, str):
                yield from _modules(value)
    elif isinstance(found, list):
        for value in found:
            if not isinstance(value, str):
                yield from _modules(value)
