"""A browser for the tests of journeys."""

from collections.abc import Iterator

import pytest

from drills.checks.browser.browser import Browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("journeys"))
    yield opened
    opened.close()
