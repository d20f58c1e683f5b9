"""Uploaded files in the object store, over S3. The client library blocks, so every call runs in a thread."""

from __future__ import annotations

import asyncio
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import urllib3
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.services.common.settings import ObjectStore

T = TypeVar("T")
CONNECT_S = 1.0
ANSWER_S = 5.0
THREADS = 16
RETRY_BUCKET_S = 0.5
log = logging.getLogger("storage")


class StorageError(Exception):
    """The object store refused or did not answer; the text says which."""


class Storage:
    """Put, get and delete files by key. Every method raises StorageError."""

    def __init__(self, settings: ObjectStore) -> None:
        self._bucket = settings.bucket
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        http = urllib3.PoolManager(
            maxsize=THREADS,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S),
            retries=urllib3.Retry(total=1, read=0, backoff_factor=0),  # a frozen server is not asked twice
        )
        # A given region saves one lookup request for each new client.
        self._client = Minio(
            settings.endpoint,
            access_key=settings.access_key,
            secret_key=settings.secret_key,
            secure=False,
            region="us-east-1",
            http_client=http,
        )

    async def put(self, key: str, content: bytes) -> None:
        """Store *content* under *key*; returns when the server has it on its disk."""
        await self._call(
            lambda: self._client.put_object(
                self._bucket, key, io.BytesIO(content), len(content), content_type="application/pdf"
            )
        )

    async def get(self, key: str) -> bytes:
        """Return the content stored under *key*."""
        return await self._call(lambda: self._read(key))

    async def delete(self, key: str) -> None:
        """Remove *key*; one that is not there is no error."""
        await self._call(lambda: self._client.remove_object(self._bucket, key))

    async def ensure_bucket(self) -> None:
        """Create the bucket, trying again until the server answers."""
        while True:
            try:
                await self._call(self._make_bucket)
            except StorageError as error:
                log.warning("bucket %s not ready: %s", self._bucket, error)
                await asyncio.sleep(RETRY_BUCKET_S)
            else:
                return

    def _make_bucket(self) -> None:
        if not self._client.bucket_exists(self._bucket):
            self._client.make_bucket(self._bucket)

    def _read(self, key: str) -> bytes:
        response = self._client.get_object(self._bucket, key)
        try:
            return bytes(response.data)
        finally:
            response.close()
            response.release_conn()

    async def _call(self, action: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, action)
        except (MinioException, HTTPError, OSError) as error:
            raise StorageError(f"object store: {type(error).__name__}: {error}") from error
