"""Where the browser comes from, and that it ends with the run."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from checks.journeys.flows import open_front_page
from checks.target import OF_THE_KIND
from drills.checks import CheckContext, Outcome, Skipped
from drills.checks.browser import chromium
from drills.checks.browser.browser import Browser
from drills.checks.browser.tab import Tab
from drills.common.waiting import WaitTimeout, wait_until
from tests.helpers.checking import target_at
from tests.helpers.fake_system import fake_system
from tests.helpers.journeys import PATIENT_S
from tests.helpers.own_runbook import OWN_RUNBOOK


def test_without_a_browser_the_journeys_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    check_result = open_front_page(CheckContext(target_at("http://127.0.0.1:9"), OWN_RUNBOOK))
    assert check_result.outcome is Outcome.SKIPPED
    assert "install one" in check_result.seen


def test_set_up_that_may_not_install_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setattr(chromium, "may_install", lambda: False)
    chromium.ensure()
    assert "journeys will be left out: there is no Chromium here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ('cp "$0" "$(dirname "$0")/chromium"', "✓ install Chromium"),
        ("echo no network >&2; exit 100", "apt-get update -q failed (exit 100): no network; journeys will be left out"),
    ],
)
def test_set_up_installs_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, does: str, said: str
) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{does}\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "may_install", lambda: True)
    chromium.ensure()
    assert said in capsys.readouterr().err
    assert (chromium.find() is None) == ("failed" in said)


def test_closing_ends_a_journey_under_way_and_every_process() -> None:
    with fake_system({"GET /": (200, "<html></html>")}) as served:
        browser = Browser()
        under_way = threading.Event()
        left_out: list[Skipped] = []

        async def stay(tab: Tab) -> None:
            await tab.open()
            under_way.set()
            await tab.page.wait_for_event("close", timeout=60_000)

        def travel() -> None:
            try:
                browser.take(target_at(served.url), "journey: stay", stay)
            except Skipped as reason:
                left_out.append(reason)

        thread = threading.Thread(target=travel)
        before = children(os.getpid())
        thread.start()
        assert under_way.wait(2 * PATIENT_S)
        begun = children(os.getpid()) - before
        assert begun
        browser.close()
        thread.join(10)
    assert [str(one) for one in left_out] == ["the run has ended"]
    assert not left_of(begun)
    with pytest.raises(Skipped):
        browser.take(target_at(served.url), "journey: stay", stay)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_signal_ends_the_browser_with_the_run(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, number: signal.Signals
) -> None:
    temporary = tmp_path_factory.mktemp("t")  # Chromium's socket in it has a path of at most 107 characters
    slow = threading.Event()
    try:
        with fake_system({"GET /": lambda _: (200, "<html></html>") if slow.wait(60) else (500, "")}) as served:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "checks/test_journeys.py",
                "-k",
                "front-page",
                "-p",
                "no:cacheprovider",
            ]
            target = tmp_path / "slow.toml"
            target.write_text(f'front_url = "{served.url}"\ncontract = "{OF_THE_KIND}"\n', encoding="utf-8")
            options = ["--target", str(target), "--output", str(tmp_path)]
            run = subprocess.Popen(
                [*command, *options],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(temporary)},  # a killed run cannot remove its temporary files
            )
            wait_until(
                lambda: any(asked.path == "/" for asked in served.asked),
                deadline_s=60,
                expected="a browser at the front page",
                where="the fake system",
                next_step=f"run {' '.join(command)}",
            )
            begun = children(run.pid)
            assert len(begun) > 1
            run.send_signal(number)
            run.wait(2 * PATIENT_S)
            assert not left_of(begun)
    finally:
        slow.set()


def children(of: int) -> set[int]:
    """Return the ids of all processes below that one, so that no other run's browser counts."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found, more = set[int](), {of}
    while more:
        more = {one for one, parent in parents.items() if parent in more}
        found |= more
    return found


def left_of(ids: set[int]) -> set[int]:
    """Return which of *ids* are still there after a while."""
    with suppress(WaitTimeout):
        wait_until(
            lambda: not there(ids),
            deadline_s=PATIENT_S,
            expected="no process",
            where="this machine",
            next_step="look for these processes with ps",
        )
    return there(ids)


def there(ids: set[int]) -> set[int]:
    return {pid for pid in ids if Path(f"/proc/{pid}").exists()}
