"""What a heading or a label of a runbook announces, by the words that runbooks use for it."""

from __future__ import annotations

import re
from enum import Enum


class Role(Enum):
    """A part of an incident."""

    ALERT = "alert"
    SEVERITY = "severity"
    LEVEL = "level"
    ABOUT = "about"
    SYMPTOMS = "symptoms"
    DIAGNOSIS = "diagnosis"
    MITIGATION = "mitigation"
    VERIFICATION = "verification"
    ESCALATION = "escalation"


_LOOK = "diagnos|investigat|troubleshoot|debug|identif|assess|inspect"
_PROVE = "verif|validat|confirm"
# First match wins: "causes and solutions" are solutions, "verify the alert" is a diagnosis.
_WORDS: dict[Role, tuple[str, ...]] = {
    Role.ALERT: (
        r"(?:prometheus )?(?:alerts?|alarms?)(?: names?| rule)?(?:\(s\))?",
        r"triggers?",
        r"trigger condition",
    ),
    Role.SEVERITY: (r"severity(?: level)?", r"severities", r"priority", r"sev"),
    Role.LEVEL: (r"(?:alert(?:ing)? )?thresholds?", r"(?:alert )?conditions?", r"(?:alert )?duration"),
    Role.ABOUT: (
        r"alert (?:details?|info(?:rmation)?|data)",
        r"(?:(?:expected|estimated|target|typical) )?(?:response|resolution|recovery|reaction) times?(?: \w+)*",
        r"meaning|overview|summary|description|about|background|purpose|context|scope|definitions?|owners?|team|metadata",
        r"(?:(?:business|user|customer) )?impact",
        r"what (?:is|it|this|does|triggers).*",
        r"why .*",
        r"how (?:it|this|alert) works.*",
        r"references?|related.*|see also|(?:useful )?links?|dashboards?|notes?|appendix|history|changelog",
        r"additional (?:notes|resources|information).*",
        r"(?:table of )?contents|service details|services?|metrics|recent changes|(?:alert )?behaviou?r|dependencies",
        r"prevention|preventive measures|prevent.*|follow-?ups?.*|long[- ]term.*|post-?(?:mortem|incident).*",
        r"communications?.*|lessons.*|false positives?.*|when to use.*",
    ),
    Role.SYMPTOMS: (
        r"symptoms?.*|detection|signs?|indicators?|user reports?",
        r"how to (?:recogni[sz]e|detect|identify).*",
    ),
    Role.MITIGATION: (
        r"(?:mitigat|remediat|recover|restor)\w*.*",
        r"(?:possible |common |suggested |recommended )?resol(?:ution|ve|utions|ving).*",
        r"fix(?:es|ing)?(?: .*)?",
        r"how to (?:fix|resolve|mitigate|recover|solve|remediate).*",
        r"solutions?.*|repair.*|immediate.*|procedures?|response(?: .*)?|roll ?back.*|workarounds?.*|what to do.*",
        r"(?:corrective |recommended |remedial )?actions?.*",
        rf"(?:next |response |recovery |remediation )?steps?(?: to (?!{_LOOK}|{_PROVE}).*)?",
        r"(?:possible |common |quick )(?:fix(?:es)?|solutions?|actions?).*",
        r"(?:common )?(?:causes?|issues?|problems?)\s*(?:and|&|/)\s*(?:solution|fix|resolution|remed|mitigation).*",
        r"playbook|instructions",
    ),
    Role.DIAGNOSIS: (
        rf"(?:steps? to |step[- ]by[- ]step )?(?:{_LOOK})\w*.*|triage.*|analysis|checks?",
        r"how to (?:investigate|diagnose|check|debug|triage).*|check(?:ing)? .*",
        r"(?:initial|first|quick|possible|things to)(?: \w+)? (?:checks?|assess|triage|look|diagnos|investig).*",
        r"health checks?",
        r"(?:verify|confirm) (?:the )?(?:alert|issue|problem).*",
        r"root causes?.*|(?:common |possible |likely |potential )?causes?|information gathering.*",
    ),
    Role.VERIFICATION: (
        rf"(?:resolution |recovery |steps? to )?(?:{_PROVE})\w*.*",
        r"post[- ]?(?:checks?|resolution|fix|recovery).*|success criteria.*|how to verify.*",
        r"after (?:the )?(?:fix|resolution|recovery|mitigation)",
    ),
    Role.ESCALATION: (r"escalat\w+.*|when to escalate.*|contacts?",),
}
# Spanish, Portuguese, German, French and Russian words that have no other meaning.
_TRANSLATED: dict[Role, str] = {
    Role.ALERT: r"alertas?",
    Role.SEVERITY: r"severidade?|gravedad|schweregrad|gravit\u00e9"
    r"|\u043f\u0440\u0438\u043e\u0440\u0438\u0442\u0435\u0442",
    Role.ABOUT: r"impacto|auswirkung(?:en)?|descripci\u00f3n|descri\u00e7\u00e3o|beschreibung|zusammenfassung",
    Role.SYMPTOMS: r"s\u00edntomas?|sintomas?|symptome|sympt\u00f4mes?"
    r"|\u0441\u0438\u043c\u043f\u0442\u043e\u043c\u044b",
    Role.DIAGNOSIS: r"diagn\u00f3stico.*|investigaci\u00f3n.*|investiga\u00e7\u00e3o.*|fehlersuche.*|ursachen?"
    r"|\u0434\u0438\u0430\u0433\u043d\u043e\u0441\u0442\u0438\u043a\u0430.*",
    Role.MITIGATION: r"(?:soluci|mitigaci|remediaci|resoluci)\u00f3n.*|(?:solu|resolu)\u00e7\u00e3o.*"
    r"|l\u00f6sung.*|behebung.*|\u0440\u0435\u0448\u0435\u043d\u0438\u0435.*",
    Role.VERIFICATION: r"verificaci\u00f3n.*|verifica\u00e7\u00e3o.*|v\u00e9rification.*|\u00fcberpr\u00fcfung.*",
    Role.ESCALATION: r"escalamiento.*|escalaci\u00f3n.*|escalonamento.*|eskalation.*",
}
_KNOWN = tuple(
    (known, re.compile("|".join(each for each in (*words, _TRANSLATED.get(known)) if each), re.IGNORECASE))
    for known, words in _WORDS.items()
)
_BEFORE = re.compile(
    r"(?:[^\w\s`]+\s*)*(?:(?:(?:step|phase|part)\s*)?(?:\d+(?:\.\d+)*\s*[.):\u2013-]*|[A-H](?:\.\d+)*[.)])\s+)?(?:[^\w\s`]+\s*)*",
    re.IGNORECASE,
)

_QUOTES = (("'", "'"), ('"', '"'), ("\u201c", "\u201d"), ("\u2018", "\u2019"))


def bare(title: str) -> str:
    """Return a heading without signs, number and closing colon."""
    start = _BEFORE.match(title).end()  # type: ignore[union-attr]
    words = title[start:].strip().rstrip(":").strip()
    quote = next((closing for opening, closing in _QUOTES if opening in title[:start]), "")
    return words.removesuffix(quote) if quote and words.count(quote) == 1 else words


def role(title: str) -> Role | None:
    """Return what *title* announces, None where its words are not known."""
    words = re.sub(r"\s*\([^()]*\)\s*$", "", bare(title)).strip("*_`'\" ")
    return next((known for known, pattern in _KNOWN if pattern.fullmatch(words)), None)
