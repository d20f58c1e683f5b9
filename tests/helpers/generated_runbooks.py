"""Runbooks with the headings, names and sentences that a writer may come up with, drawn from a seed."""

from __future__ import annotations

from random import Random

RUNBOOKS = 200
"""How many are drawn."""
WORDS = (
    *("Too many", "errors", "\U0001f525", "{{ .Value }}", "{{", "}}", '"quoted"', "it's", "# hash", "50 %", "a: b"),
    *(
        "- dash",
        "\u201eTo\u201c",
        "\u00fc\u00df",
        "$labels",
        "\\\\n",
        "{% raw %}",
        "*star*",
        "[link](x)",
        "\u2028",
        "yes",
    ),
    *(
        "null",
        "<b>",
        "&amp;",
        "\u4e2d\u6587",
        "\u202eright",
        "\ufffd",
        "~",
        "%s",
        "'",
        "@",
        "!tag",
        "| pipe",
        "\u00a0gap",
    ),
)
SENTENCES = (
    "the error rate exceeds {figure} % for {window} minutes",
    "the p95 of the response time exceeds {figure} s for {window} minutes",
    "CPU or memory exceeds {figure}% over a {window}-minute window",
    "the queue holds more than {figure}k jobs",
    "more than {figure} 000 connections are open ({window} min)",
    "fewer than {figure} replicas available for {window} minutes",
    "at least {figure} authentication failures within {window} minutes",
)
INCIDENT = """
### {number}. {title}

**Alert**: `{name}` - {sentence}

**Symptoms**:
- Red curves

**Investigation**:

1. **Look**
   - `docker ps`

**Causes and solutions**:

| Cause | Solution | Time |
|-------|----------|------|
| Bad release | `scripts/rollback.sh` | 5 min |
"""


def generated(seed: int) -> str:
    """Return a runbook of one to five incidents; each alert has a name of its own."""
    chance = Random(seed)
    text = "# A runbook\n\n## Incidents\n"
    for number in range(1, chance.randint(2, 6)):
        title = f"High {' '.join(chance.choices(WORDS, k=chance.randint(1, 4)))}"
        name = f"{chance.choice(('High', 'Too', chr(0x1F525)))}{chance.choice(('Rate', '-of x', '_y', ' Z'))}{number}"
        sentence = chance.choice(SENTENCES).format(figure=chance.randint(1, 999), window=chance.randint(1, 90))
        text += INCIDENT.format(number=number, title=title, name=name, sentence=sentence)
    return text
