"""What the guest says to the host: one line for each proof, with what was expected and what was seen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MARK = "PROOF "
NOT_SEEN = "nothing: the guest ended before it came to this"


@dataclass(frozen=True)
class Proof:
    """One claim about the guest. *held* tells whether what was *seen* is what was *expected*."""

    name: str
    expected: str
    seen: str
    held: bool

    def line(self) -> str:
        """Return the line by which the guest tells it."""
        return MARK + json.dumps(asdict(self))


def heard(console: str) -> list[Proof]:
    """Return the proofs in what the guest printed; other lines, and one that was cut off, tell nothing."""
    found = []
    for line in console.splitlines():
        _, mark, said = line.partition(MARK)
        if mark and said.rstrip().endswith("}"):
            found.append(Proof(**json.loads(said)))
    return found


def completed(found: list[Proof], names: tuple[str, ...]) -> list[Proof]:
    """Return one proof for each of *names*, in their order; one that the guest did not come to has not held."""
    told = {proof.name: proof for proof in found}
    return [told.get(name, Proof(name, "an answer", NOT_SEEN, held=False)) for name in names]


def table(proofs: list[Proof]) -> str:
    """Return three lines for each proof: whether it held, what was expected, what was seen."""
    rows = []
    for proof in proofs:
        rows += [f"{'ok    ' if proof.held else 'FAILED'} {proof.name}"]
        rows += [f"         expected: {proof.expected}", f"         seen:     {proof.seen}"]
    return "\n".join(rows) + "\n"
