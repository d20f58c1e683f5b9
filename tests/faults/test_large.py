"""Large files cost the worker its share of a core, so its sandbox comes first where there is not CPU enough for all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from drills.sandbox.sandbox import CPU_SHARES
from scenarios.faults import settings
from scenarios.faults.large import LargePdfs

if TYPE_CHECKING:
    import pytest

    from drills.drill.system import System


def test_sandbox_weighs_more_than_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    weights: list[int] = []
    monkeypatch.setattr(settings, "apply", lambda *_: None)
    sandbox = SimpleNamespace(check_output=str, set_cpu_shares=weights.append)
    LargePdfs().prepare(cast("System", SimpleNamespace(stack=SimpleNamespace(sandbox=sandbox))))
    assert len(weights) == 1
    assert weights[0] > CPU_SHARES
