"""A limit of a metric: what an alert compares with, and what a recovery has to reach."""

from __future__ import annotations

from dataclasses import dataclass

NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@dataclass(frozen=True)
class Threshold:
    """A limit; `value` is in base units (5% is 0.05), `unit` is the sign a person reads (`%`)."""

    op: str
    value: float
    unit: str
    text: str

    def satisfied_by(self, value: float) -> bool:
        """Say whether *value* (base units) satisfies the comparison; NaN satisfies none."""
        return {
            ">": value > self.value,
            ">=": value >= self.value,
            "<": value < self.value,
            "<=": value <= self.value,
        }[self.op]

    def negated(self) -> Threshold:
        """Turn the alert level into the limit that must hold for the alert to be silent."""
        op = NEGATED[self.op]
        return Threshold(op, self.value, self.unit, f"{op} {self.text.removeprefix(self.op).strip()}")
