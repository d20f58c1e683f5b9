"""The object store's S3 side, where the target gives its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3
from minio import Minio

if TYPE_CHECKING:
    from drills.checks.target import Target


def objects_of(target: Target) -> Minio | None:
    """Return a client that gives up after `target.timeout_s` and tries once; None where the target gives no keys."""
    if not (target.store_url and target.s3_access_key and target.s3_secret_key):
        return None
    parts = urlsplit(target.store_url)
    return Minio(
        parts.netloc,
        access_key=target.s3_access_key,
        secret_key=target.s3_secret_key,
        secure=parts.scheme == "https",
        http_client=urllib3.PoolManager(timeout=target.timeout_s, retries=False, ca_certs=target.ca_file),
    )
