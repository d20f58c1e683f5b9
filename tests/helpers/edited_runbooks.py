"""A runbook in which every command has a name of its own, and edits as people make them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

INCIDENT = """
### {n}. Too many errors (> 5%)

**Alert**: `ErrorsHigh{n}` - the error rate exceeds 5% for 5 minutes

**Symptoms**:
- Red curves
- People call

**Investigation**:

1. **Ask the service**
   ```bash
   docker inspect unit{n}01
   docker logs unit{n}02 | tail -1
   ```

2. **Look back**
   - What changed: `docker history unit{n}03`
   - Who is there: `docker top unit{n}04`

**Causes and solutions**:

| Cause | Solution | Time |
|-------|----------|------|
| Bad release | Go back: `docker restart unit{n}05` | 5-10 min |
| Old state | `docker stop unit{n}06`, then `docker start unit{n}07` | 1 hour |
| Too slow | See below | 5 min |

#### {n}.3 Too slow

It helps to wait.

```bash
for each in unit{n}08 unit{n}09; do
  docker restart "$each"
done
```

#### Verification

```bash
docker exec unit{n}10 true
```

- All is green
"""
DOCUMENT = (
    "# A runbook\n\n## Incidents\n"
    + INCIDENT.format(n=1)
    + INCIDENT.format(n=2)
    + """
## Quick reference

### Critical commands

```bash
docker restart unit301
```

### Key metrics

- Error Rate: < 1% (Alert at 5%)
"""
)
PAGE = """# DiskFillsUp

## Meaning

The disk is full: see `docker inspect unit101`.

## Diagnosis

1. Find it:

   ```bash
   docker top unit102
   ```

2. Look at `docker logs unit103`.

### More

```bash
docker history unit104
docker exec unit105 df -h
```

| Symptom | Fix |
|---------|-----|
| Slow | `docker restart unit106` |
| Gone | `docker start unit107` |

## Mitigation

### Old images

```bash
docker rm unit108
```

### Old logs

Run `docker kill unit109`.
"""
CHAPTERS = """# Trouble

## Issues

### 1. It does not start

**Symptoms:**
- It is gone

**Diagnosis:**
```bash
docker top unit101
```

**Resolution:**
1. First `docker stop unit102`
2. Then:

   ```bash
   docker start unit103
   ```

**Verification:** `docker inspect unit104`

### 2. It is slow

#### Symptoms

Pages need 9 seconds.

#### Investigation

- Who is busy: `docker stats unit105`

#### Fix

```bash
docker restart unit106
```

## Handy commands

```bash
docker logs unit107
```
"""
FIELDS = """# On call

## It is gone

- **Alert**: `ItIsGone` - the health check is failing for 2 minutes
- **Severity**: critical
- **Symptoms**:
  - 500 everywhere
- **Steps**:
  1. Look: `docker inspect unit101`
  2. Start it:

     ```bash
     docker start unit102
     ```
- **Escalation**: ask `docker logs unit103`

## Too long

- Alert: QueueTooLong
- Diagnosis: `docker top unit104`
- Steps:
  - `docker restart unit105`
"""
DOCUMENTS = {"tables": DOCUMENT, "page": PAGE, "chapters": CHAPTERS, "fields": FIELDS}
UNIT = re.compile(r"unit\d{3}")
FENCED = re.compile(r"(?m)^( *)```bash\n((?:.*\n)*?)\1```$")


def _some_line(text: str, random: Random, pattern: str, change: Callable[[re.Match[str]], str]) -> str:
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    if not matches:
        return text
    match = random.choice(matches)
    return text[: match.start()] + change(match) + text[match.end() :]


def deeper(text: str, random: Random) -> str:
    return _some_line(text, random, r"^#+ .+$", lambda match: f"#{match[0]}")


def higher(text: str, random: Random) -> str:
    return _some_line(text, random, r"^##+ .+$", lambda match: match[0][1:])


def gap_in_a_table(text: str, random: Random) -> str:
    return _some_line(text, random, r"^\|.*\|$", lambda match: f"{match[0]}\n")


def comment_in_a_table(text: str, random: Random) -> str:
    return _some_line(text, random, r"^\|.*\|$", lambda match: f"{match[0]}\n<!-- more -->")


def tag_in_a_table(text: str, random: Random) -> str:
    return _some_line(text, random, r"^\|.*\|$", lambda match: f"{match[0]}\n<div>")


def numbered(text: str, random: Random) -> str:
    return _some_line(text, random, r"^( *)- ", lambda match: f"{match[1]}1. ")


def bulleted(text: str, random: Random) -> str:
    return _some_line(text, random, r"^( *)\d\. (?=\*)", lambda match: f"{match[1]}- ")


def beside_the_item(text: str, random: Random) -> str:
    return _some_line(text, random, FENCED.pattern, lambda match: "\n" + re.sub(r"(?m)^ +(?=\S)", "", match[0]) + "\n")


def without_language(text: str, random: Random) -> str:
    return _some_line(text, random, "```bash", lambda _: "```")


def another_language(text: str, random: Random) -> str:
    language = random.choice(
        ["sh", "console", "SHELL", "zsh", "text", "yaml", "bsah", "{.bash .copy}", "shell-session"]
    )
    return _some_line(text, random, "```bash", lambda _: f"```{language}")


def attributes(text: str, random: Random) -> str:
    words = random.choice([' title="x.sh"', ' linenums="1" hl_lines="2"', "{1,3}", " {.copy}", ":run.sh"])
    return _some_line(text, random, "```bash", lambda match: match[0] + words)


def emoji(text: str, random: Random) -> str:
    sign = random.choice(["\U0001f534", "\u26a0\ufe0f", "\U0001f6a8\U0001f525"])
    return _some_line(text, random, r"^(#+ )(.+)$", lambda match: f"{match[1]}{sign} {match[2]}")


def emoji_inside(text: str, random: Random) -> str:
    return _some_line(text, random, r"^(#+ \d+\. )(.+)$", lambda match: f"{match[1]}\U0001f525 {match[2]}")


def worded_number(text: str, random: Random) -> str:
    return _some_line(text, random, r"^### (\d)\. ", lambda match: f"### Incident {match[1]}: ")


def unnumbered(text: str, random: Random) -> str:
    return _some_line(text, random, r"^### \d\. ", lambda _: "### ")


def admonition(text: str, random: Random) -> str:
    marker = random.choice(['!!! warning "Careful"', "??? note", '=== "Linux"'])

    def inside(match: re.Match[str]) -> str:
        lines = match[0].split("\n")
        return f"{match[1]}{marker}\n\n" + "\n".join(f"    {line}" for line in lines)

    return _some_line(text, random, FENCED.pattern, inside)


def quoted(text: str, random: Random) -> str:
    return _some_line(
        text, random, FENCED.pattern, lambda match: "\n".join(f"> {line}" for line in match[0].split("\n"))
    )


def prompted(text: str, random: Random) -> str:
    return _some_line(text, random, r"^( *)docker ", lambda match: f"{match[1]}$ docker ")


def indented(text: str, random: Random) -> str:
    def code(match: re.Match[str]) -> str:
        return "\n" + "\n".join(f"    {match[1]}{line.strip()}" for line in match[2].rstrip("\n").split("\n")) + "\n"

    return _some_line(text, random, FENCED.pattern, code)


def preformatted(text: str, random: Random) -> str:
    return _some_line(text, random, FENCED.pattern, lambda match: f"{match[1]}<pre>\n{match[2]}{match[1]}</pre>")


def tildes(text: str, random: Random) -> str:
    return _some_line(text, random, FENCED.pattern, lambda match: match[0].replace("```", "~~~"))


def unclosed(text: str, random: Random) -> str:
    return _some_line(text, random, r"^ *```\n\n", lambda _: "\n")


def renamed_part(text: str, random: Random) -> str:
    return _some_line(
        text, random, r"\*\*Investigation\*\*:", lambda _: random.choice(["**Checks**:", "**Diagnosis**"])
    )


def other_heading(text: str, random: Random) -> str:
    return _some_line(text, random, r"^#### (Verification|\d\.3 .+)$", lambda _: "#### Something else")


def crlf(text: str, _: Random) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def bom(text: str, _: Random) -> str:
    return "\ufeff" + text.removeprefix("\ufeff")


def front_matter(text: str, _: Random) -> str:
    return f"---\ntitle: A runbook\nweight: 20\n---\n\n{text}"


LAST = (crlf, bom)
EDITS = (
    deeper, higher, gap_in_a_table, comment_in_a_table, tag_in_a_table, numbered, bulleted, beside_the_item,
    without_language, another_language, attributes, emoji, emoji_inside, worded_number, unnumbered, admonition, quoted,
    prompted, indented, preformatted, tildes, unclosed, renamed_part, other_heading, front_matter,
)  # fmt: skip
