"""Images are built as they are listed; image stores that are old and unused are removed, also by two runs at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import NotFound

from drills.sandbox.descriptor import read
from drills.sandbox.image_store import READY, YOUNG, build_context, build_line, remove_stores
from drills.sandbox.labels import STACK
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = timedelta(minutes=1)
STACK_NAME = "notes"


class Volume:
    """A volume that notes that it was removed; one that is *gone* was removed by another process since the look."""

    def __init__(
        self, name: str, age: timedelta = YOUNG + MINUTE, *, gone: bool = False, stack: str | None = STACK_NAME
    ) -> None:
        self.name = name
        self.attrs: dict[str, Any] = {
            "CreatedAt": (datetime.now(UTC) - age).isoformat(),
            "Labels": {STACK: stack} if stack else None,
        }
        self.removed = False
        self._gone = gone

    def remove(self, *, force: bool) -> None:
        assert force
        if self._gone:
            raise NotFound(f"get {self.name}: no such volume")
        self.removed = True


@pytest.mark.parametrize("ending", ["", READY])
@pytest.mark.parametrize("stack", [STACK_NAME, None], ids=["of the stack", "of an earlier version of the engine"])
def test_a_store_of_an_earlier_version_is_removed(ending: str, stack: str | None) -> None:
    old = Volume("store-1" + ending, stack=stack)
    remove_stores([old], STACK_NAME, wanted={"store-2"})
    assert old.removed


@pytest.mark.parametrize("ending", ["", READY])
@pytest.mark.parametrize(
    ("name", "age"), [("store-2", YOUNG + MINUTE), ("store-1", YOUNG - MINUTE)], ids=["current or read", "young"]
)
def test_a_store_that_is_wanted_stays(name: str, age: timedelta, ending: str) -> None:
    store = Volume(name + ending, age)
    remove_stores([store], STACK_NAME, wanted={"store-2"})
    assert not store.removed


def test_a_store_of_another_stack_stays() -> None:
    store = Volume("store-1", stack="another")
    remove_stores([store], STACK_NAME, wanted={"store-2"})
    assert not store.removed


def test_a_store_that_another_worker_has_just_removed_is_no_error() -> None:
    gone, other = Volume("store-1", gone=True), Volume("store-1" + READY)
    remove_stores([gone, other], STACK_NAME, wanted={"store-2"})
    assert other.removed


def test_an_image_is_built_with_the_arguments_it_lists_and_those_it_is_given() -> None:
    line = build_line({"tag": "bad:1.1.0", "file": "release.Dockerfile", "args": {"RELEASE_OF": "bad:1.0.0"}}, BASE="b")
    assert " --build-arg RELEASE_OF=bad:1.0.0 --build-arg BASE=b -t bad:1.1.0 -f images/release.Dockerfile ." in line


def test_an_image_without_arguments_is_built_without() -> None:
    assert build_line({"tag": "a:1", "file": "a.Dockerfile"}).endswith(" build -q -t a:1 -f images/a.Dockerfile .")


def test_images_are_built_from_what_the_descriptor_lists(tmp_path: Path) -> None:
    for name in ("images/a.Dockerfile", "app/deep/main.py", "app/__pycache__/main.pyc", "notes/todo.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    stack = read(described(tmp_path, ("rules =", 'build = ["images", "app"]\nrules =')))
    assert set(build_context(stack)) == {"images/a.Dockerfile", "app/deep/main.py"}
