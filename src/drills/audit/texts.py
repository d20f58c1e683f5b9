"""Audit: names and annotations of rules: duplicates, broken templates, labels that are gone, links to nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.label_sets import dropped
from drills.audit.links import anchors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from drills.audit.alert_rules import Rule, Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "texts"
TWICE: Final = Kind(AUDIT, "duplicate", Severity.MEDIUM, "Give each rule a name of its own, or merge the two.")
TEMPLATE: Final = Kind(AUDIT, "template", Severity.MEDIUM, "Write a Go template that Prometheus can expand.")
LABEL: Final = Kind(
    AUDIT, "gone-label", Severity.MEDIUM, "Keep the label in the expression, or leave it out of the text."
)
LINK: Final = Kind(AUDIT, "link", Severity.HIGH, "Link to the chapter as the document's viewer names it.")
FUNCTIONS: Final = frozenset(
    [
        "args",
        "convert",
        "distinct",
        "externalURL",
        "first",
        "graphLink",
        "humanize",
        "humanize1024",
        "humanizeDuration",
        "humanizePercentage",
        "humanizeTimestamp",
        "htmlEscape",
        "js",
        "label",
        "len",
        "match",
        "max",
        "min",
        "not",
        "now",
        "parseDuration",
        "pathPrefix",
        "print",
        "printf",
        "println",
        "query",
        "reReplaceAll",
        "safeHtml",
        "slice",
        "sortByLabel",
        "sprintf",
        "strvalue",
        "stripDomain",
        "stripPort",
        "tableLink",
        "template",
        "title",
        "toDuration",
        "toLower",
        "toTime",
        "toUpper",
        "unescapeAll",
        "urlQueryEscape",
        "urlquery",
        "value",
        "and",
        "or",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "index",
        "html",
        "call",
        "toJson",
        "join",
        "trimSpace",
    ]
)
KEYWORDS: Final = frozenset(
    ("if", "else", "end", "range", "with", "define", "block", "break", "continue", "true", "false", "nil")
)
OPENING: Final = frozenset(("if", "range", "with", "define", "block"))
_ACTION: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TEXT: Final = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|/\*.*?\*/', re.DOTALL)
_LABEL: Final = re.compile(r"\$labels\.(\w+)|\.Labels\.(\w+)|index\s+\$labels\s+\"(\w+)\"")
_WORD: Final = re.compile(r"(?<![\w.$])[A-Za-z]\w*")
_VARIABLE: Final = re.compile(r"\$(\w+)")
VARIABLES: Final = frozenset(("labels", "value", "externalLabels", "externalURL"))


def audit(material: Material) -> Iterator[Result]:
    """Yield names that are taken twice, and annotations that say nothing, or not what was meant."""
    if material.rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    yield from _duplicates(material.rules.rules)
    elsewhere = 0
    for rule in material.rules.alerts:
        yield from _templates(rule, material.rules)
        for key, text in rule.annotations.items():
            link = _link(key, text)
            if link is None:
                continue
            if not material.documents:
                elsewhere += 1
                continue
            found = _unresolved(rule, link, material.documents)
            elsewhere += found is None
            yield from found or ()
    if elsewhere:
        yield NotRun(AUDIT, f"{elsewhere} links of alerts lead to documents that were not given (--runbook)")


def _duplicates(rules: Sequence[Rule]) -> Iterator[Finding]:
    seen: dict[tuple[str, bool, str], Rule] = {}
    for rule in rules:
        first = seen.setdefault((rule.name, rule.is_alert, ""), rule)
        same_labels = first.labels == rule.labels
        if first is not rule and (same_labels or not rule.is_alert):
            told = f"{first.where}: `{_short(first.expression)}`; {rule.where}: `{_short(rule.expression)}`"
            yield TWICE.found(rule.name, f"two rules are called {rule.name}", told)


def _short(expression: str) -> str:
    return " ".join(expression.split())[:100]


def _templates(rule: Rule, rules: Rules) -> Iterator[Finding]:
    lacks = dropped(rule.tree, rules.recorded) if rule.tree is not None else None
    for key, text in {**rule.labels, **rule.annotations}.items():
        subject, where = f"{rule.name}-{key}", f"{rule.where}: {key}: {text}"
        wrong = template_error(text)
        if wrong:
            yield TEMPLATE.found(subject, f"{rule.name}: the template of {key} is broken: {wrong}", where)
            continue
        for name in _labels(text):
            if lacks is not None and lacks.lacks(name):
                yield LABEL.found(
                    f"{subject}-{name}", f"{rule.name}: {key} names the label {name}, which is gone", where
                )


def _labels(text: str) -> list[str]:
    actions = " ".join(match[1] for match in _ACTION.finditer(text))
    return list(dict.fromkeys(next(filter(None, match.groups())) for match in _LABEL.finditer(actions)))


def template_error(text: str) -> str:
    """Return why Prometheus cannot expand *text*, empty where nothing is wrong."""
    rest = _ACTION.sub("", text)
    if "{{" in rest or "}}" in rest:
        return "an action is not closed, or not opened"
    depth = 0
    for match in _ACTION.finditer(text):
        code = _TEXT.sub('""', match[1])
        words = _WORD.findall(re.sub(r"\.\w+", "", code))
        first = words[0] if words else ""
        depth += first in OPENING
        depth -= first == "end"
        if depth < 0:
            return "an `end` without a beginning"
        unknown = [word for word in words if word not in FUNCTIONS | KEYWORDS]
        if unknown and not code.startswith('""'):
            return f"there is no function {unknown[0]}"
        strange = [name for name in _VARIABLE.findall(code) if name not in VARIABLES and f"${name} :=" not in text]
        if strange and f"${strange[0]}" not in re.sub(r"\{\{.*?\}\}", "", text) and ":=" not in text:
            return f"there is no variable ${strange[0]}"
    return "an action that is begun has no `end`" if depth else ""


def _link(key: str, text: str) -> str | None:
    """Return the link of an annotation that leads to a document, None for one that is text."""
    if "{{" in text or not re.search(r"runbook|playbook|documentation|docs?_url", key, re.IGNORECASE):
        return None
    return text.strip() if re.fullmatch(r"\S+", text.strip()) else None


def _unresolved(rule: Rule, link: str, documents: Sequence[Path]) -> list[Finding] | None:
    """Return the finding where *link* leads nowhere, none where it leads somewhere, None for a foreign address."""
    parts = urlsplit(link)
    name = unquote(parts.path).rpartition("/")[2]
    same = [file for file in documents if file.name == name or (parts.netloc and file.stem == name)]
    if not same and parts.netloc:
        return None
    if not same:
        known = ", ".join(file.name for file in documents)
        return [LINK.found(rule.name, f"{rule.name}: {name or link} is no document", f"{rule.where}: {link}; {known}")]
    if parts.fragment and not any(unquote(parts.fragment) in anchors(file) for file in same):
        told = f"{rule.where}: {link}: {same[0].name} has no heading #{parts.fragment}"
        return [LINK.found(rule.name, f"{rule.name}: its runbook chapter is not there", told)]
    return []
