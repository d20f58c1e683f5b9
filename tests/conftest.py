"""Time limits of this project's tests: those that boot a sandbox have a longer one than `timeout` in pyproject.toml."""

from __future__ import annotations

import pytest

SANDBOX_S = 1800.0
"""A fault that is broken and healed, with a sandbox that is built first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test that boots a sandbox its limit."""
    for item in items:
        slow = any(item.get_closest_marker(name) for name in ("sandbox", "mutation"))
        if slow and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SANDBOX_S))
