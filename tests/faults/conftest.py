from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.quiet_system import QuietSandbox, quiet_system

if TYPE_CHECKING:
    from drills import System


@pytest.fixture
def sandbox() -> QuietSandbox:
    return QuietSandbox()


@pytest.fixture
def system(sandbox: QuietSandbox) -> System:
    return quiet_system(sandbox=sandbox)
