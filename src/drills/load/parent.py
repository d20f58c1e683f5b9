"""Let a drill tell its locust when to begin, through standard input, and end locust with the drill."""

from __future__ import annotations

import os
from typing import NoReturn

import gevent  # type: ignore[import-untyped]  # locust brings it, without stubs
from gevent import os as gevent_os


def await_word() -> None:
    """Return when the parent has written a first byte to standard input; end this process when that is closed."""
    gevent_os.make_nonblocking(0)
    if not gevent_os.nb_read(0, 1):
        _leave()
    gevent.spawn(_end_with_parent)


def _end_with_parent() -> None:
    """Leave at once when the pipe closes: a killed parent cannot end its child in any other way."""
    while gevent_os.nb_read(0, 1):
        pass
    _leave()


def _leave() -> NoReturn:
    os._exit(1)
