"""Name the steps with which a fixture ends on Allure's page: pytest's own functions for that have no names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

FORGET: Final = "forget its value"
TEAR_DOWN: Final = "tear down"


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, object, object]:
    """Name what will end the fixture; Allure's own hook is wrapped around this one, so it reads the names later."""
    try:
        return (yield)
    finally:
        for finalizer in getattr(fixturedef, "_finalizers", ()):  # pytest has no public list of them
            name = getattr(finalizer, "__name__", None)
            if name in (None, "<lambda>"):
                finalizer.__name__ = FORGET if name else TEAR_DOWN
