"""Connect to a target's stores, with a timeout of `target.timeout_s` seconds and without retries."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, LiteralString
from urllib.parse import urlsplit

import psycopg
import redis
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

from drills.checks.result import CheckFailed
from drills.common.proxy import proxy_of
from drills.common.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection

    from drills.checks.target import Target


MARGIN_S: Final = 1.0
"""How much longer than its own limit for a statement the server may take to say that it is over."""
NO_OPTIONS: Final = "unsupported startup parameter"
"""What a connection pooler (PgBouncer) says to settings of a session, which it cannot give to a shared connection."""


def connect_postgres(target: Target) -> Connection[Any]:
    """Return a connection that commits each statement; the server ends one after `target.timeout_s` where it can.

    What the DSN itself sets stays as it is written. No statement is prepared: behind a pooler the next one may reach
    another connection of the server.
    """
    assert target.postgres_dsn
    given = conninfo_to_dict(target.postgres_dsn)
    seconds = max(2, round(target.timeout_s))  # libpq rounds 1 up to 2 by itself
    limits: dict[str, Any] = {"connect_timeout": given.get("connect_timeout", seconds)}
    options = f"-c statement_timeout={round(target.timeout_s * 1000)} {given.get('options') or ''}".strip()
    try:
        return psycopg.connect(target.postgres_dsn, autocommit=True, prepare_threshold=None, **limits, options=options)
    except psycopg.OperationalError as error:
        if NO_OPTIONS not in str(error) or given.get("options"):
            raise
    return psycopg.connect(target.postgres_dsn, autocommit=True, prepare_threshold=None, **limits)


def ask_postgres(target: Target, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of one query, asked over a connection of its own."""
    with closing(connect_postgres(target)) as connection:
        return _answered(target, connection, lambda: connection.execute(query, values or None).fetchall())


def _answered(
    target: Target, connection: Connection[Any], ask: Callable[[], list[tuple[Any, ...]]]
) -> list[tuple[Any, ...]]:
    """Return the answer of *ask*, or cancel it: a pooler knows no limit, a server that stands still says nothing."""
    try:
        return within(ask, target.timeout_s + MARGIN_S, "postgres")
    except TimeoutError:
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=MARGIN_S)
        raise psycopg.errors.QueryCanceled(f"no answer within {target.timeout_s:g} s") from None


def connect_redis(target: Target) -> redis.Redis:
    """Return a client of the target's Redis."""
    assert target.redis_url
    return redis.Redis.from_url(
        target.redis_url,
        socket_timeout=target.timeout_s,
        socket_connect_timeout=target.timeout_s,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def objects_of(target: Target) -> Minio | None:
    """Return a client of the object store's S3 side; None where the target gives no keys."""
    if not (target.store_url and target.s3_access_key and target.s3_secret_key and target.s3_bucket):
        return None
    parts = urlsplit(target.store_url)
    return Minio(
        parts.netloc,
        access_key=target.s3_access_key,
        secret_key=target.s3_secret_key,
        secure=parts.scheme == "https",
        http_client=_pool(target),
    )


def _pool(target: Target) -> urllib3.PoolManager:
    """Return the connections to the object store, by way of the proxy that the environment names for it."""
    proxy = proxy_of(target.store_url or "")
    about: dict[str, Any] = {"timeout": target.timeout_s, "retries": False, "ca_certs": target.ca_file}
    return urllib3.PoolManager(**about) if proxy is None else urllib3.ProxyManager(proxy, **about)


@contextmanager
def measured_objects(target: Target) -> Iterator[tuple[Minio, str]]:
    """Yield a client of the object store and its bucket; what goes wrong in the block is raised as CheckFailed.

    A broken connection is raised as ConnectionError, after which the check is tried once more.
    """
    client = objects_of(target)
    assert client is not None
    assert target.s3_bucket is not None
    try:
        yield client, target.s3_bucket
    except S3Error as error:
        raise CheckFailed(f"{error.code}: {error.message}") from error
    except MinioException as error:
        raise CheckFailed(" ".join(str(error).split())) from error
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ProtocolError) as error:
        raise ConnectionError(str(error)) from error  # worth a second attempt; the library's own are not counted
    except urllib3.exceptions.TimeoutError as error:
        raise CheckFailed(f"no answer within {target.timeout_s:g} s") from error
