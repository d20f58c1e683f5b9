"""Records altered in their head: what no drill of the story has written, or what is not what its hash was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drills.record.seal import FIELD, FIELDS, REQUIRED
from tests.helpers.heads import lines_of, sealed
from tests.helpers.histories import Story, command

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMISE = {"text": "all is well", "line": 1, "place": "verification", "measure": "metric"}
NO_KILLS = PROMISE | {"text": "the kernel kills nothing", "place": "symptom", "measure": "out of memory"}


@dataclass(frozen=True)
class Forgery:
    """A record that was altered in one way, which *name* says."""

    name: str
    story: Story


def false_heads(story: Story) -> Iterator[Forgery]:
    """Yield *story* under heads that no drill of it has written."""
    head, lines = story[0], story[0]["solution_lines"]
    other = {"line": 1, "text": "sleep 60", "stdin": None}
    lies: dict[str, dict[str, Any]] = {
        "a placebo": {"arm": "placebo"},
        "a runbook without a hash": {"runbook": head["runbook"] | {"sha256": ""}},
        "a hash that was cut off": {"runbook": head["runbook"] | {"sha256": head["runbook"]["sha256"][:40]}},
        "a hash of no digits": {"runbook": head["runbook"] | {"sha256": "zz" * 32}},
        "another solution": {"solution_lines": lines | {"lines": [other]}},
        "another solution with its hash": {"solution_lines": lines_of((command("resolve", 0.0, **other),))},
        "a longer solution": {"solution_lines": lines | {"lines": [*lines["lines"], other]}},
        "no lines of a solution": {"solution_lines": None},
        "no solution": {"solution_lines": lines_of(())},
        "another hash of the solution": {"solution_lines": lines | {"sha256": "ab" * 32}},
        "a target that was never met": {"target": head["target"] | {"op": "<", "value": -1.0}},
        "another symptom": {"symptom": head["symptom"] | {"line": 1}},
        "a promise that was not kept": {"promises": [PROMISE | {"limit": {"op": "<", "value": -1.0, "text": "< -1"}}]},
        "a promise that nothing measures": {"promises": [PROMISE | {"measure": None}]},
        "a promise of a journey that was not taken": {
            "promises": [PROMISE | {"measure": "browser sign-in", "sources": ["none"]}]
        },
        "a symptom that nothing ruled out": {"rules_out": [head["symptom"] | {"line": 1}]},
        "a symptom of another command": {"symptom": head["symptom"] | {"command": "curl nowhere"}},
    }
    as_written = sealed if FIELD in head else dict
    for name, lie in lies.items():
        yield Forgery(f"head with {name}", (as_written(head | lie), *story[1:]))
    if FIELD in head:
        yield from _broken_seals(story)


def _broken_seals(story: Story) -> Iterator[Forgery]:
    """Yield *story* with a head that was altered beside its hash, or that lost what is written with a hash."""
    head, rest = story[0], story[1:]
    since = (FIELD, *FIELDS)
    lies: tuple[dict[str, Any], ...] = (
        *({name: None} for name in since),
        dict.fromkeys(since),
        {"promises": []},
        {"rules_out": []},
        {"promises": [each | {"not_judged": "it cannot be"} for each in head["promises"]]},
        {"recover_s": 1e6},
        {FIELD: "ab" * 32},
    )
    for lie in lies:
        yield Forgery(f"head with {lie} beside its hash", (head | lie, *rest))
    for name in since:
        yield Forgery(f"head without {name}", ({of: value for of, value in head.items() if of != name}, *rest))
    for name in REQUIRED:
        yield Forgery(f"head with a new hash and no {name}", (sealed(head | {name: None}), *rest))
    yield Forgery("head with a new hash and no promise of kills", (sealed(head | {"promises": [PROMISE]}), *rest))
