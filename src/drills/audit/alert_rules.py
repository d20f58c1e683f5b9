"""Rule files with all that an audit needs of a rule: where it is, its tree, its texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import promql_parser
import yaml

from drills.audit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """A rule of Prometheus; *for_s* and *interval_s* are seconds, None where the file does not say.

    *tree* is None for what is no PromQL; *trouble* then says why.
    """

    file: str
    group: str
    name: str
    is_alert: bool
    expression: str
    for_s: float | None
    interval_s: float | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    tree: promql_parser.Expr | None = None
    trouble: str = ""

    @property
    def where(self) -> str:
        """The file and the group."""
        return f"{self.file}, group {self.group}"


@dataclass(frozen=True)
class Rules:
    """All rules that are audited together; *recorded* are the trees of recording rules by the name of their series."""

    rules: tuple[Rule, ...]
    recorded: Mapping[str, promql_parser.Expr] = field(default_factory=dict)

    @property
    def alerts(self) -> tuple[Rule, ...]:
        """The alerting rules that are PromQL."""
        return tuple(rule for rule in self.rules if rule.is_alert and rule.tree is not None)

    @property
    def expressions(self) -> dict[str, str]:
        """The PromQL of the recording rules, by name."""
        return {rule.name: rule.expression for rule in self.rules if not rule.is_alert and rule.tree is not None}


def read_rules(files: Iterable[Path]) -> Rules:
    """Read the rules of *files*; AuditError where one is no rule file."""
    return _all(rule for file in files for rule in _from_text(_text(file), file.name, str(file)))


def rules_in(text: str, name: str) -> Rules:
    """Read the rules of a rule file's *text*."""
    return _all(_from_text(text, name, name))


def _all(found: Iterable[Rule]) -> Rules:
    rules = tuple(found)
    return Rules(rules, {rule.name: rule.tree for rule in rules if not rule.is_alert and rule.tree is not None})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"{file}: the rules cannot be read ({error})") from None


def _from_text(text: str, name: str, path: str) -> Iterator[Rule]:
    try:
        documents = [each for each in yaml.safe_load_all(text) if isinstance(each, dict)]
    except yaml.YAMLError as error:
        raise AuditError(f"{path}: the rules are no YAML ({' '.join(str(error).split())})") from None
    holders = [each["spec"] if isinstance(each.get("spec"), dict) else each for each in documents]
    groups = [group for holder in holders for group in holder.get("groups") or ()]
    if not groups:
        raise AuditError(f"{path}: no group of rules; expected Prometheus' rules, or a PrometheusRule")
    for group in groups:
        for rule in group.get("rules") or ():
            yield _rule(name, group, rule)


def _rule(file: str, group: Mapping[str, Any], rule: Mapping[str, Any]) -> Rule:
    expression = str(rule.get("expr"))
    tree, trouble = _tree(expression)
    return Rule(
        file,
        str(group.get("name")),
        str(rule.get("alert") or rule.get("record")),
        "alert" in rule,
        expression,
        seconds(rule.get("for")),
        seconds(group.get("interval")),
        {name: str(value) for name, value in (rule.get("labels") or {}).items()},
        {name: str(value) for name, value in (rule.get("annotations") or {}).items()},
        tree,
        trouble,
    )


def _tree(expression: str) -> tuple[promql_parser.Expr | None, str]:
    try:
        return promql_parser.parse(expression), ""
    except ValueError as error:
        return None, " ".join(str(error).split())


def seconds(written: Any) -> float | None:
    """Return one of Prometheus' durations in seconds, None where none is written; AuditError for what is none."""
    if not written:
        return None
    try:
        return promql_parser.parse_duration(str(written)).total_seconds()
    except ValueError as error:
        raise AuditError(f"{written!r} is no duration of Prometheus: {error}") from None
