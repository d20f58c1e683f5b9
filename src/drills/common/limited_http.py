"""An HTTP client whose requests end: within so many seconds from their first byte to the last, and below a size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from drills.common.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_BYTES: Final = 16 * 1024 * 1024
"""Far more than any answer that a check reads, an exposition of a busy service included."""
LARGEST_PACKED_BYTES: Final = 1024 * 1024
"""The same for an answer that is compressed: it may be a thousand times as large once it is unpacked."""


class AnswerTooLarge(httpx.HTTPError):
    """An answer with more bytes than any that is expected; it may have no end."""


class LimitedClient(httpx.Client):
    """A client whose `whole_s` seconds bound each request as a whole; httpx itself bounds each of its reads.

    So an answer that drips is no answer: it raises httpx.ReadTimeout. One that is too large raises AnswerTooLarge.
    """

    def __init__(self, whole_s: float, **about: Any) -> None:
        super().__init__(timeout=whole_s, event_hooks={"response": [_bounded]}, **about)
        self._whole_s = whole_s

    def send(self, request: httpx.Request, **about: Any) -> httpx.Response:
        """Send a request as httpx does, on a thread that is left behind when its time is over."""
        send = super().send
        try:
            return within(lambda: send(request, **about), self._whole_s, f"{request.method} {request.url.host}")
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {self._whole_s:g} s", request=request) from None


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for part in self._stream:
            seen += len(part)
            if seen > self._limit:
                raise AnswerTooLarge(f"more than {self._limit // 1024} KiB, and no end of it")
            yield part

    def close(self) -> None:
        self._stream.close()


def _bounded(response: httpx.Response) -> None:
    if isinstance(response.stream, httpx.SyncByteStream) and not response.is_stream_consumed:
        packed = "content-encoding" in response.headers
        response.stream = _Bounded(response.stream, LARGEST_PACKED_BYTES if packed else LARGEST_BYTES)
