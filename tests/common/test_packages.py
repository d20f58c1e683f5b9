from pathlib import Path

import pytest

from drills.common import packages


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace apt-get by a program that notes its arguments, and fails where a file `fail` is beside it."""
    script = tmp_path / "apt-get"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ -e {tmp_path}/fail ] || exit 0\necho no network >&2; exit 100\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_package_lists_are_fetched_before_a_package_is_installed(apt: Path) -> None:
    packages.install("one", "two")
    asked = (apt / "asked").read_text().splitlines()
    assert asked == ["update -q", "install -y -q --no-install-recommends one two"]


def test_refusal_of_apt_is_told_in_its_own_words(apt: Path) -> None:
    (apt / "fail").touch()
    with pytest.raises(packages.PackageError, match=r"apt-get update -q failed \(exit 100\): no network"):
        packages.install("one")


def test_only_root_installs_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not packages.may_install()
