"""What a document leaves to the responder is filled in from the stack's descriptor, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import load
from drills.runbook.document import read
from drills.runbook.placeholders import filled, filled_text
from drills.runbook.shell_check import Console, shell_findings
from tests.helpers.runbook_samples import reloaded, written

if TYPE_CHECKING:
    from pathlib import Path

GIVE = "give a command that finds the value, or the value in [placeholders] of the descriptor"
VALUES = {"pod-name": "web-1", "namespace": "shop"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kubectl logs <pod-name>", "kubectl logs web-1"),
        ("kubectl logs <POD_NAME> -n <namespace>", "kubectl logs web-1 -n shop"),
        ("kubectl logs {{ pod name }}", "kubectl logs web-1"),
        ("kubectl logs <other>", "kubectl logs <other>"),
        ("sort <file", "sort <file"),
        ("grep '<namespace>' page.html", "grep '<namespace>' page.html"),
    ],
)
def test_placeholder_is_filled_by_its_name(text: str, expected: str) -> None:
    assert filled_text(text, VALUES) == expected


def test_every_command_of_a_runbook_is_filled(tmp_path: Path) -> None:
    runbook = reloaded(tmp_path, ("`scripts/rollback.sh`", "`kubectl delete pod <pod-name>`"))
    assert filled(runbook, VALUES).cause("1.1").commands[0].text == "kubectl delete pod web-1"
    assert filled(runbook, {}) is runbook


def test_what_nobody_fills_is_asked_for(tmp_path: Path) -> None:
    path = written(
        tmp_path, b"# T\n\n```sh\nkubectl logs <pod-name> -n $NS\nkubectl describe pod <other>\nvim x\n```\n"
    )
    console = Console(lambda _: True, "anywhere", frozenset(["NS"]), VALUES)
    told = [sentence for _, sentence in shell_findings(read(path), None, console)]
    assert told == [
        f"<other> has to be filled in by hand; {GIVE}",
        "vim waits for a person at the keyboard; give a command that ends by itself",
    ]


def test_a_runbook_without_placeholders_stays_as_it_is(tmp_path: Path) -> None:
    runbook = reloaded(tmp_path)
    assert filled(runbook, VALUES) == load(tmp_path / "runbook.md")
