"""A limit of a metric: what an alert compares with, and what a recovery has to reach."""

from __future__ import annotations

from dataclasses import dataclass

NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
PERCENT = "%"


def in_unit(value: float, unit: str) -> str:
    """Write *value* (base units: a ratio, seconds, a count) in the *unit* that a person reads, such as `41 %`."""
    return f"{value * 100 if unit == PERCENT else value:.4g} {unit}"


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

    @property
    def in_unit(self) -> str:
        """The limit with its figure in the unit in which a value is shown beside it, such as `> 5 %`."""
        return f"{self.op} {in_unit(self.value, self.unit)}"

    def negated(self) -> Threshold:
        """Turn the alert level into the limit that must hold for the alert to be silent."""
        op = NEGATED[self.op]
        return Threshold(op, self.value, self.unit, f"{op} {self.text.removeprefix(self.op).strip()}")
