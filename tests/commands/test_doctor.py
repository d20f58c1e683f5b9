"""The doctor says of made-up machines what will be unreliable, which time scale suits them, and ends accordingly."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills import cli
from drills.commands.advice import CORE_LOOPS_PER_S, SCALES, Level, advice, time_scale
from drills.commands.doctor import shortest_window_s, verdict
from drills.plugin.options import TIME_SCALE
from drills.sandbox import machine as measuring
from drills.sandbox.machine import Engine, Machine, cgroup_version, measure

if TYPE_CHECKING:
    from pathlib import Path

WINDOW_S = 300.0
FIT = Machine(
    cores=4,
    busy_cores=0.1,
    loops_per_s=2 * CORE_LOOPS_PER_S,
    lag_s=0.005,
    usual_lag_s=0.0001,
    sync_s=0.004,
    write_mib_s=500.0,
    memory_gib=16.0,
    disk_gib=100.0,
    cgroup=2,
    root=False,
    unicode=True,
    columns=120,
    engine=Engine(version="26.1.4", privileged=True, free_gib=50.0),
)


def levels(machine: Machine) -> set[Level]:
    return {each.level for each in advice(machine)}


def test_a_fit_machine_gets_the_default_time_scale_and_ends_with_0() -> None:
    sentences, code = verdict(FIT, WINDOW_S)
    assert (levels(FIT), code) == ({Level.FINE}, 0)
    assert sentences[-1] == "Drills can run here; the time scale that suits: --time-scale 60."
    assert SCALES[0] == TIME_SCALE


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (replace(FIT, engine=Engine(missing="No Docker engine answers here.")), "No Docker engine answers here."),
        (replace(FIT, engine=replace(FIT.engine, version="19.03.1")), "19.03.1; drills need 20.10 or newer"),
        (replace(FIT, memory_gib=1.5), "1.5 GiB of memory are free"),
        (replace(FIT, disk_gib=0.1), "0.1 GiB are free for records"),
        (replace(FIT, engine=replace(FIT.engine, free_gib=2.0)), "2.0 GiB are free for the engine"),
    ],
)
def test_what_will_not_work_comes_first_and_ends_with_1(machine: Machine, words: str) -> None:
    sentences, code = verdict(machine, WINDOW_S)
    assert code == 1
    assert sentences[0].startswith("will not work: ")
    assert words in sentences[0]
    assert "cannot run here" in sentences[-1]


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (replace(FIT, busy_cores=1.5), "Other processes keep 1.5 of 4 processors busy"),
        (replace(FIT, loops_per_s=0.2 * CORE_LOOPS_PER_S), "Records will have gaps"),
        (replace(FIT, lag_s=0.4), "400 ms at worst"),
        (replace(FIT, sync_s=0.08), "reaches the disk in 80.0 ms"),
        (replace(FIT, memory_gib=4.0), "4.0 GiB of memory are free"),
        (replace(FIT, cgroup=None), "No control groups"),
    ],
)
def test_what_is_unreliable_is_said_and_ends_with_0(machine: Machine, words: str) -> None:
    sentences, code = verdict(machine, WINDOW_S)
    assert code == 0
    assert sentences[0].startswith("unreliable:    ")
    assert words in sentences[0]


@pytest.mark.parametrize(
    ("machine", "scale"),
    [
        (FIT, 60),
        (replace(FIT, lag_s=0.0, sync_s=0.0), 60),
        (replace(FIT, lag_s=0.2), 30),
        (replace(FIT, lag_s=10.0), 1),
        (replace(FIT, cores=1, busy_cores=0.75), 30),
        (replace(FIT, cores=2, busy_cores=2.0), 1),
        (replace(FIT, sync_s=0.04), 30),
    ],
)
def test_the_time_scale_follows_from_what_was_measured(machine: Machine, scale: int) -> None:
    assert time_scale(machine, WINDOW_S) == scale


def test_a_machine_without_the_default_scale_is_told_so() -> None:
    assert verdict(replace(FIT, lag_s=0.2), WINDOW_S)[0][-1].endswith("30 (the default is too fast for this machine).")


@pytest.mark.parametrize("privileged", [True, False, None])
def test_privileges_are_told(privileged: bool | None) -> None:  # noqa: FBT001 - a value of the table
    texts = [each.text for each in advice(replace(FIT, engine=replace(FIT.engine, privileged=privileged)))]
    assert sum("privileged containers" in text for text in texts) == 1


def test_control_groups_are_told_apart(tmp_path: Path) -> None:
    assert cgroup_version(tmp_path) is None
    (tmp_path / "memory").mkdir()
    assert cgroup_version(tmp_path) == 1
    (tmp_path / "cgroup.controllers").touch()
    assert cgroup_version(tmp_path) == 2


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "find_engine", lambda: Engine(missing="No Docker engine answers here."))


@pytest.mark.usefixtures("no_engine")
def test_this_machine_is_measured_within_ten_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    found = measure(tmp_path / "not" / "there")
    assert time.monotonic() - began < 10
    assert found.cores >= 1
    assert min(found.loops_per_s, found.sync_s, found.write_mib_s, found.memory_gib, found.disk_gib) > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_engine")
def test_the_command_prints_and_ends_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.startswith("will not work: No Docker engine answers here.\n")


@pytest.mark.usefixtures("no_engine")
def test_a_folder_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Path) -> float:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(measuring, "sync_s", refuse)
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("will not work: No record can be written at or above ")
    assert said.endswith(": Read-only file system.\n")


def test_the_window_is_the_runbook_s_shortest() -> None:
    assert 0 < shortest_window_s() <= WINDOW_S
