"""A closed terminal ends a run as SIGTERM does, unless it was told to go on without one."""

import signal
from collections.abc import Iterator

import pytest

from drills.plugin.workers import SIGNALS, end, end_once, listen_to

ENDS = (signal.SIGINT, *SIGNALS)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave this process the handlers that it had."""
    before = {number: signal.getsignal(number) for number in ENDS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_closed_terminal_is_among_what_ends_a_run() -> None:
    assert set(SIGNALS) == {signal.SIGTERM, signal.SIGHUP}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
@pytest.mark.parametrize("handler", [end, end_once])
def test_a_signal_interrupts_and_is_named(number: signal.Signals, handler: object) -> None:
    assert handler in (end, end_once)
    for one in SIGNALS:
        signal.signal(one, signal.SIG_DFL)
    listen_to(SIGNALS, end if handler is end else end_once)
    with pytest.raises(KeyboardInterrupt, match=number.name):
        signal.raise_signal(number)


def test_a_worker_hears_one_signal_only() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    listen_to(ENDS, end_once)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGHUP)
    assert {signal.getsignal(number) for number in ENDS} == {signal.SIG_IGN}


def test_a_run_under_nohup_goes_on() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    listen_to(SIGNALS, end)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is end
