"""What is derived of this project's own stacks, beside what was written by hand: every difference has its reason."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from drills.adopt import manifest
from drills.adopt.suite import Adopted, Wish, adopt
from drills.runbook import rules
from drills.runbook.model import Quantity
from drills.sandbox import descriptor
from tests.helpers.compose_projects import UNTIL
from tests.helpers.fault_modules import ALL_SCENARIOS
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import DESCRIPTOR, ROOT, RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

NOTES = ROOT / "examples" / "notes"
LINES = "derived lines know no release, no queue and no log of the system; they empty and start afresh instead"
BOTH = {
    "root": "the suite lies below the project",
    "files": "the suite's own files and what is mounted or named, not what lies there",
    "build": "Compose tells nothing of images that the engine builds",
    "disk_mib": "a size that the owner chooses",
    "boot_deadline_s": "a limit that the owner chooses",
    "internet": "images are pulled, as nobody says that they are built",
    "rules": "a name of its own beside the owner's files",
    "offers": "without it any fault may be tried",
    "heal": LINES,
    "snapshot": LINES,
    "expressions": "only the rules of the owner say what is measured",
}
OF_NOTES = {key: BOTH[key] for key in BOTH}
OF_REFERENCE = {key: BOTH[key] for key in BOTH if key not in ("disk_mib", "files")} | {
    "name": "the project's own name",
    "memory_mib": "a size that the owner chooses",
    "windows": "no file says which settings are windows of time",
    "roles": "oidc is no identity provider by its image, and other services have their own names as roles",
    "ports": "the front door publishes ports of services behind it, and one with TLS",
    "health": "the front door's own check asks for its page",
    "queue_table": "no file names the queue",
    "identity": "no file says who may sign in",
    "certificate": "no file says which line makes the certificate",
    "boot": "no file says what has to be done before the first start",
    "expressions": "a key metric that stands for a part of a quantity has no alert, so no rule says how it is measured",
}
FAULTS_AS_BY_HAND = {"1.4", "1.5", "3.4", "3.5", "6.1", "6.2", "6.3", "6.5", "7.1"}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Adopted]:
    folder = tmp_path_factory.mktemp("reference") / "stack"
    about = descriptor.read(DESCRIPTOR)
    for name in (*about.files, "defaults.env"):
        source = DESCRIPTOR.parent / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(folder / name))
    shutil.copy(RUNBOOK, folder)
    (folder / "rules.yml").write_text(rules.render(OWN_RUNBOOK, about.expressions, 1.0))
    wish = Wish(
        (folder / "compose.yaml",),
        folder / "drills",
        runbook=folder / RUNBOOK.name,
        rules=str(folder / "rules.yml"),
        settings=folder / "defaults.env",
    )
    suite = adopt(wish, UNTIL)
    manifest.write(wish.into, suite.texts, manifest.Manifest({}, UNTIL))
    return wish.into / "stack.toml", suite


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def differences(derived: Path, by_hand: Path) -> set[str]:
    first, second = descriptor.read(derived), descriptor.read(by_hand)
    return {
        field
        for field in descriptor.Descriptor.model_fields
        if _sorted(getattr(first, field)) != _sorted(getattr(second, field))
    }


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, tuple) else value


def test_every_difference_of_the_reference_stack_has_its_reason(reference: tuple[Path, Adopted]) -> None:
    assert differences(reference[0], DESCRIPTOR) == set(OF_REFERENCE)


def test_roles_and_ports_that_both_have_are_the_same(reference: tuple[Path, Adopted]) -> None:
    derived, by_hand = descriptor.read(reference[0]), descriptor.read(DESCRIPTOR)
    missing = {"identity": "oidc"}
    assert dict(by_hand.roles.items() - derived.roles.items()) == missing
    assert derived.roles.keys() - by_hand.roles.keys() == {"blackbox", "exporter", "oidc"}
    assert dict(by_hand.ports.items() - derived.ports.items()) == {"gateway_tls": 3443, "backend": 8000, "worker": 8001}
    assert derived.ports.items() <= by_hand.ports.items()


def test_expressions_of_the_rules_are_those_that_were_written(reference: tuple[Path, Adopted]) -> None:
    derived, by_hand = descriptor.read(reference[0]).expressions, descriptor.read(DESCRIPTOR).expressions
    for quantity in by_hand.quantities:
        first, second = derived.at(quantity, 60.0), by_hand.at(quantity, 60.0)
        assert "".join((first or "").split()) == "".join((second or "").split()), quantity
    assert by_hand.quantities == derived.quantities == frozenset(Quantity) - {Quantity.OTHER}


def test_faults_that_are_guessed_are_those_that_were_chosen_but_for_one(reference: tuple[Path, Adopted]) -> None:
    by_hand = {scenario.cause: scenario.fault().name for scenario in ALL_SCENARIOS}
    guessed = {row.cause.id: row.guess.fault.name for row in reference[1].rows if row.guess}
    assert {cause for cause, fault in guessed.items() if by_hand[cause] == fault} == FAULTS_AS_BY_HAND
    # Workers that crash do so over a poison file, of which only the suite of this system knows.
    assert guessed.keys() - FAULTS_AS_BY_HAND == {"4.2"}


def test_every_difference_of_the_notes_has_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    shutil.copytree(NOTES, folder)
    wish = Wish((folder / "compose.yaml",), folder / "drills", runbook=folder / "runbook.md")
    suite = adopt(wish, UNTIL)
    manifest.write(wish.into, suite.texts, manifest.Manifest({}, UNTIL))
    assert differences(wish.into / "stack.toml", folder / "descriptor.toml") == set(OF_NOTES)
    assert {row.cause.id: row.guess is not None for row in suite.rows} == {"1.1": True, "2.1": False}
