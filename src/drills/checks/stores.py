"""Connect to a target's stores, with a timeout of `target.timeout_s` seconds and without retries."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit

import psycopg
import redis
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from redis.backoff import NoBackoff
from redis.retry import Retry

from drills.checks.result import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from drills.checks.target import Target


def connect_postgres(target: Target) -> Connection[Any]:
    """Return a connection that commits each statement and waits `target.timeout_s` for each answer."""
    assert target.postgres_dsn
    seconds = max(2, round(target.timeout_s))  # libpq rounds 1 up to 2 by itself
    options = f"-c statement_timeout={round(target.timeout_s * 1000)}"
    return psycopg.connect(target.postgres_dsn, connect_timeout=seconds, options=options, autocommit=True)


def ask_postgres(target: Target, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of one query, asked over a connection of its own."""
    with closing(connect_postgres(target)) as connection:
        return connection.execute(query, values or None).fetchall()


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
        http_client=urllib3.PoolManager(timeout=target.timeout_s, retries=False, ca_certs=target.ca_file),
    )


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
