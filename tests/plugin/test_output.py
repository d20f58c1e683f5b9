"""An output folder that cannot be used is refused with one sentence; one that is in use belongs to one run."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from drills.plugin.output import OutputError, claim, usable


def refusal(given: str | Path) -> str:
    with pytest.raises(OutputError) as caught:
        usable(given)
    text = str(caught.value)
    assert text.startswith("--output ")
    assert "\n" not in text
    return text


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    assert usable(str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert usable("~/x") == tmp_path / "x"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("given", ["/", "//", "/tmp/.."])
def test_the_root_is_no_output_folder(given: str) -> None:
    assert "root of the file system" in refusal(given)


def test_an_empty_name_is_no_folder() -> None:
    assert "the name is empty" in refusal("")


@pytest.mark.parametrize("below", ["", "/x", "/x/y"])
def test_a_file_is_no_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert "no folder that can be written to (" in refusal(f"{tmp_path}/file{below}")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "(File name too long)" in refusal(tmp_path / ("x" * 300))


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "no folder that can be written to (" in refusal(tmp_path / "a")


def test_an_unknown_home() -> None:
    assert "no folder that can be written to (" in refusal("~no-such-person/x")


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_folder_that_takes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuses(**_: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuses)
    assert f"({os.strerror(code)})" in refusal(tmp_path)


def test_a_folder_in_use_tells_by_which_process(tmp_path: Path) -> None:
    release = claim(tmp_path)
    with pytest.raises(OutputError, match=rf"in use by process {os.getpid()} since .* UTC; wait for its end"):
        claim(tmp_path)
    release()
    claim(tmp_path)()
