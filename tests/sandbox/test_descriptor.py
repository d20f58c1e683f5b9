"""A stack's descriptor is read whole or refused with one sentence."""

import tomllib
from pathlib import Path

import pytest

from drills.sandbox.descriptor import read
from drills.sandbox.errors import SandboxError
from tests.helpers.paths import DESCRIPTOR

KEYS = [*tomllib.loads(DESCRIPTOR.read_text()), "quantities", "faults", "lines"]


def without(key: str) -> str:
    """Return the reference descriptor with every *key* and every table [key] renamed."""
    lines = DESCRIPTOR.read_text().splitlines()
    return "\n".join(
        f"[not_{key}]" if line == f"[{key}]" else f"not_{line}" if line.startswith(f"{key} =") else line
        for line in lines
    )


def test_the_reference_stack_is_described() -> None:
    stack = read(DESCRIPTOR)
    assert (stack.name, stack.ports["gateway"], stack.roles["worker"]) == ("reference", 3000, "pdf-worker")


def test_every_file_it_lists_exists() -> None:
    stack = read(DESCRIPTOR)
    assert all((stack.folder / name).exists() for name in [*stack.files, stack.settings])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(SandboxError, match=r"none\.toml: not a readable stack descriptor: .*No such file"):
        read(path)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe\x00"], ids=["broken TOML", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(SandboxError, match=r"broken\.toml: not a readable stack descriptor") as refusal:
        read(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    path = tmp_path / "other.toml"
    path.write_text(without(key))
    with pytest.raises(SandboxError, match=rf"other\.toml: the key '{key}' is missing"):
        read(path)


def test_a_stack_says_what_it_cannot_measure() -> None:
    assert "does not measure tickets" in (read(DESCRIPTOR).lacks(quantity="tickets", fault="leaky release") or "")


def test_a_stack_says_which_fault_it_cannot_host() -> None:
    assert "cannot host the fault 'flood'" in (read(DESCRIPTOR).lacks(quantity="error_rate", fault="flood") or "")


def test_a_stack_with_all_a_drill_needs_lacks_nothing() -> None:
    assert read(DESCRIPTOR).lacks(quantity="connection_pool", fault="leaky release") is None
