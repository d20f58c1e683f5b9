"""A locust that a drill started begins when the drill says so, and ends when the drill does."""

from __future__ import annotations

import os
from typing import NoReturn

import gevent  # type: ignore[import-untyped]  # locust brings it, without stubs
from gevent import os as gevent_os


def await_word() -> None:
    """Return when the parent has written its first byte to standard input; end this process when it closes that."""
    gevent_os.make_nonblocking(0)
    if not gevent_os.nb_read(0, 1):
        _leave()
    gevent.spawn(_end_with_parent)


def _end_with_parent() -> None:
    """Leave at once when the pipe closes: a killed parent cannot stop its child in any other way."""
    while gevent_os.nb_read(0, 1):
        pass
    _leave()


def _leave() -> NoReturn:
    os._exit(1)
