"""A crash at any line of what replaces old evidence leaves the old or the new evidence whole."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from drills.drill import records
from drills.drill.records import Records
from drills.plugin import earlier_run
from drills.plugin.earlier_run import drills_left, forget_others, recover, run_folder
from tests.helpers.histories import borne_out, documented, placebo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRACED: Final = {records.__file__, earlier_run.__file__}
CRASHED, ENDED, FAILED = 9, 0, 1
ARM = "5.1-documented"
MANY = 20
"""A crash at fewer lines than this would have tried nothing."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make what an earlier run left of two arms, with files that are no part of it, and a new record of one of them."""
    made = tmp_path_factory.mktemp("made")
    for name, story in ((ARM, documented(seed=1)), ("5.1-placebo", placebo(seed=1))):
        folder = borne_out(made / "old" / "drills" / name, story)
        for other in ("chart.svg", "thesis.txt"):
            (folder / other).write_text("old", encoding="utf-8")
    borne_out(made / "new", documented(seed=2))
    return made


def laid_down(made: Path, output: Path) -> dict[str, bytes]:
    return texts(shutil.copytree(made / "old", output))


def texts(output: Path) -> dict[str, bytes]:
    found = (path for path in sorted((output / "drills").rglob("*")) if path.is_file())
    return {str(path.relative_to(output)): path.read_bytes() for path in found}


def crashing(at_line: int, work: Callable[[], object]) -> int:
    """Do *work* in a process that ends at the given of its traced lines, as by SIGKILL; return how it ended."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        sys.settrace(_ending(at_line))
        work()
        os._exit(ENDED)
    except BaseException:  # noqa: BLE001 - this process must not go on as a second test run
        os._exit(FAILED)


def _ending(at_line: int) -> Callable[..., Any]:
    left = at_line

    def trace(frame: Any, event: str, _: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in TRACED:
            return None
        left -= event == "line"
        if left < 0:
            os._exit(CRASHED)
        return trace

    return trace


def work(made: Path, output: Path) -> None:
    """Replace the evidence by that of an arm that is judged, as a run does."""
    earlier = drills_left(output, "now", {"scenarios"})

    def may_replace(*_: object) -> bool:
        earlier.remove()
        return True

    kept = Records(output, run_folder(output, "now"), may_replace)
    folder = output / "drills" / ARM
    shutil.copytree(made / "new", kept.new(folder))
    kept.keep(folder, judged=True)
    forget_others(output, "now")


def test_a_crash_at_any_line_leaves_evidence_whole(tmp_path: Path, made: Path) -> None:
    laid_down(made, tmp_path / "whole")
    work(made, tmp_path / "whole")
    new = texts(tmp_path / "whole")
    code, line, seen = CRASHED, 0, set()
    while code == CRASHED:
        output = tmp_path / str(line)
        old = laid_down(made, output)
        code = crashing(line, lambda output=output: work(made, output))  # type: ignore[misc]
        recover(output)
        forget_others(output, "a later run")
        found = texts(output)
        assert found in (old, new), f"after a crash at line {line} there is {sorted(found)}"
        seen.add(found == old)
        line += 1
    assert code == ENDED
    assert (line > MANY, seen) == (True, {True, False})


def test_a_crash_at_any_line_of_one_more_arm_leaves_a_whole_history(tmp_path: Path, made: Path) -> None:
    """The first arm of a run has taken the old one's place, and a second drill of the same arm replaces that."""
    code, line = CRASHED, 0
    while code == CRASHED:
        output = tmp_path / str(line)
        old = laid_down(made, output)
        written = shutil.copytree(made / "new", output / "beside")
        new = (written / "history.jsonl").read_bytes()
        folder = output / "drills" / ARM
        code = crashing(line, lambda written=written, folder=folder: records.replace(written, folder))  # type: ignore[misc]
        found = texts(output)
        history = found[f"drills/{ARM}/history.jsonl"]
        assert found == old or history == new
        assert found[f"drills/{ARM}/thesis.txt"] == b"old"
        line += 1
    assert code == ENDED
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", "thesis.txt", "verdict.json"]
