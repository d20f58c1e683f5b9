"""Run something that may hang, for a time that binds."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def within(work: Callable[[], T], seconds: float, name: str) -> T:
    """Return what *work* returns, or raise what it raises; raises TimeoutError after so many *seconds*.

    Python cannot end a thread, so *work* that hangs keeps its own, called *name*; it does not keep the process.
    """
    done: Future[T] = Future()
    Thread(target=_run, args=(work, done), name=name, daemon=True).start()
    return done.result(seconds)


def _run(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller, on its own thread
        done.set_exception(error)
