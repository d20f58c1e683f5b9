"""Runbooks of other forms: commands, alert and order are read as they stand; what is not said is not made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import Command, Quantity, RunbookError, load
from drills.runbook.document import read
from drills.runbook.inventory import inventory
from drills.runbook.loading import readings
from drills.runbook.rule_files import completed, level, rules_of
from tests.helpers.runbook_samples import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Incident

PAGE = """---
title: Disk fills up
---

# DiskFillsUp

## Meaning

The disk of a node will be full soon.

## Impact

Writes fail.

## Diagnosis

1. Find the node:
  ```console
  $ kubectl get nodes -o wide
  NAME   STATUS
  web1   Ready
  ```
2. Look at `kubectl describe node <node>`.

### What takes the room

```sh
kubectl debug node/<node> -- df -h
```

## Mitigation

### Old images

```shell
crictl rmi --prune
```

### Old logs

Run `journalctl --vacuum-time=1d`.

## Notes

The team keeps a list.
"""
CHAPTERS = """# Trouble with the shop

## Known issues

### 1. The shop does not start

**Symptoms:**
- The container is gone
- Nothing answers

**Diagnosis:**
```bash
docker compose ps shop
docker compose logs shop
```

**Resolution:**
```bash
docker compose up -d shop
```

**Verification:** `curl -f http://localhost/`

### 2. The shop is slow

#### Symptoms

Pages need 9 seconds.

#### Investigation

- Who is busy: `docker stats --no-stream`

#### Fix

1. More of them: `docker compose up -d --scale shop=3`

## Handy commands

```bash
docker compose restart
```
"""
FIELDS = """# On call

## Postgres is gone

- **Alert**: `PostgresGone` - the health check of Postgres is failing for 2 minutes
- **Severity**: critical
- **Symptoms**:
  - 500 everywhere
- **Steps**:
  1. Look: `docker ps -a`
  2. Start it:

     ```bash
     docker start postgres
     ```
- **Escalation**: the database team

## Queue too long

- Alert: QueueTooLong
- Severity: warning
- Diagnosis: `redis-cli LLEN jobs`
- Steps:
  - `docker compose up -d --scale worker=5`
- Escalation: nobody
"""
ALERTS = """# Alerts of the proxy

## Alert: ProxyDown (severity: page)

1. Is it there? `docker ps`
2. `docker restart proxy`

## ProxySlow

How to **investigate**:

- `docker top proxy`

How to **fix**:

- `docker restart proxy`
"""
STEPS = """# Rollback runbook

## 1) Find the release

1. `git tag --list`

## 2) Deploy it

```bash
./deploy.sh "$TAG"
```
"""


def load_text(folder: Path, text: str, name: str = "page.md") -> tuple[Incident, ...]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load(path).incidents


def texts(commands: tuple[Command, ...]) -> list[str]:
    return [command.text for command in commands]


def steps(incident: Incident) -> list[str]:
    return [text for step in incident.investigation for text in texts(step.commands)]


def test_page_of_an_alert(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE)
    assert (page.alert.name, page.alert.quantity, page.alert.limit, page.alert.window_s) == (
        "DiskFillsUp",
        Quantity.OTHER,
        None,
        None,
    )
    assert steps(page) == [
        "kubectl get nodes -o wide",
        "kubectl describe node <node>",
        "kubectl debug node/<node> -- df -h",
    ]
    assert [(cause.id, cause.name, texts(cause.commands), cause.minutes) for cause in page.causes] == [
        ("1.1", "Old images", ["crictl rmi --prune"], None),
        ("1.2", "Old logs", ["journalctl --vacuum-time=1d"], None),
    ]
    assert "Writes fail." in page.about


def test_threshold_and_time_that_are_not_there_are_asked_for_in_words(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE)
    with pytest.raises(RunbookError, match="DiskFillsUp has no threshold in the document; give its rule"):
        _ = page.alert.threshold
    with pytest.raises(RunbookError, match=r"cause 1\.1 \(Old images\) has no documented time"):
        _ = page.causes[0].documented_minutes


def test_chapters_of_symptom_diagnosis_and_fix(tmp_path: Path) -> None:
    first, second = load_text(tmp_path, CHAPTERS)
    assert (first.name, first.symptoms) == ("The shop does not start", ("The container is gone", "Nothing answers"))
    assert steps(first) == ["docker compose ps shop", "docker compose logs shop"]
    assert texts(first.causes[0].commands) == ["docker compose up -d shop"]
    assert texts(first.verification) == ["curl -f http://localhost/"]
    assert (steps(second), texts(second.causes[0].commands)) == (
        ["docker stats --no-stream"],
        ["docker compose up -d --scale shop=3"],
    )
    assert texts(load(tmp_path / "page.md").critical_commands) == ["docker compose restart"]


def test_fields_of_a_list(tmp_path: Path) -> None:
    gone, queue = load_text(tmp_path, FIELDS)
    assert (gone.alert.name, gone.alert.threshold.text, gone.alert.window_s) == ("PostgresGone", "< 1 services up", 120)
    assert (gone.severity, gone.escalation) == ("critical", ("the database team",))
    assert texts(gone.causes[0].commands) == ["docker ps -a", "docker start postgres"]
    assert (queue.alert.name, queue.alert.limit, queue.severity) == ("QueueTooLong", None, "warning")
    assert (steps(queue), texts(queue.causes[0].commands)) == (
        ["redis-cli LLEN jobs"],
        ["docker compose up -d --scale worker=5"],
    )


def test_alerts_with_their_steps(tmp_path: Path) -> None:
    down, slow = load_text(tmp_path, ALERTS)
    assert (down.alert.name, texts(down.causes[0].commands)) == ("ProxyDown", ["docker ps", "docker restart proxy"])
    assert (slow.alert.name, steps(slow)) == ("ProxySlow", ["docker top proxy"])
    assert texts(slow.causes[0].commands) == ["docker restart proxy"]


def test_page_of_steps(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, STEPS, "rollback.md")
    assert [text for cause in page.causes for text in texts(cause.commands)] + steps(page) == [
        "git tag --list",
        './deploy.sh "$TAG"',
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (PAGE, "one page an alert"),
        (CHAPTERS, "chapters of symptom, diagnosis and fix"),
        (FIELDS, "fields of a list"),
        (ALERTS, "chapters of symptom, diagnosis and fix"),
        (STEPS, "a page of steps"),
        (SMALL.read_text(encoding="utf-8"), "tables of causes"),
    ],
)
def test_dialect_is_recognised_and_named(tmp_path: Path, text: str, name: str) -> None:
    load_text(tmp_path, text)
    assert load(tmp_path / "page.md").dialect == name


def test_unknown_heading_with_commands_is_told(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE.replace("## Notes", "## Bits and bobs\n\n```sh\nuptime\n```\n\n## Notes"))
    (reading,) = readings(tmp_path / "page.md")
    assert [sentence for _, sentence in reading.noticed] == [
        "'Bits and bobs' names no part that is known here; its commands are read as a solution"
    ]


def test_words_that_no_form_fits_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunbookError, match=r"page\.md:1: no incident was found; expected .* Diagnosis and Mitigation"):
        load_text(tmp_path, "# Notes\n\n```bash\nmake install\n```\n")


def test_folder_is_a_runbook(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "DiskFillsUp.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "docs" / "shop.md").write_text(CHAPTERS, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Index\n\nSee docs.\n", encoding="utf-8")
    runbook = load(tmp_path)
    assert [(each.id, each.file) for each in runbook.incidents] == [
        (1, "docs/DiskFillsUp.md"),
        (2, "docs/shop.md"),
        (3, "docs/shop.md"),
    ]
    assert [cause.id for cause in runbook.causes] == ["1.1", "1.2", "2.1", "3.1"]
    assert runbook.dialect == "one page an alert, chapters of symptom, diagnosis and fix"


def test_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    before = load(tmp_path).sha256
    (tmp_path / "a.md").write_text(PAGE.replace("prune", "prune -a"), encoding="utf-8")
    assert load(tmp_path).sha256 != before


RULES = """groups:
- name: nodes
  rules:
  - alert: DiskFillsUp
    expr: (free_bytes / size_bytes * 100 < 15 and predict_linear(free_bytes[6h], 14400) < 0)
    for: 1h30m
"""


def test_what_the_document_lacks_comes_from_the_alert_s_rule(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE)
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")
    source = str(tmp_path / "rules.yml")
    runbook, told = completed(load(tmp_path / "page.md"), rules_of(source), source)
    alert = runbook.incident(1).alert
    assert (alert.threshold.text, alert.window_s) == ("< 15", 5400)
    assert alert.rule is not None
    assert told == (f"threshold < 15 and a window of 5400 s of DiskFillsUp are those of its rule in {source}",)


def test_rule_does_not_change_what_the_document_says(tmp_path: Path) -> None:
    load_text(tmp_path, FIELDS)
    (tmp_path / "rules.yml").write_text(RULES.replace("DiskFillsUp", "PostgresGone"), encoding="utf-8")
    runbook, _ = completed(load(tmp_path / "page.md"), rules_of(str(tmp_path / "rules.yml")), "rules")
    assert runbook.incident(1).alert.threshold.text == "< 1 services up"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("x > 5", "> 5"),
        ("5 < x", "> 5"),
        ("(x >= 0.5) and y > 1", ">= 0.5"),
        ("sum(x) <= -1", "<= -1"),
        ("x > y", None),
        ("x > 5 or absent(x)", "> 5"),
        ("x > 5 or y > 3", None),
        ("x > 0.8 * y", "> 0.8"),
        ("(x > bool 5) == 1", "> 5"),
        ("x > bool 5", None),
        ("x > Inf", None),
        ("x > most:x", "> 7"),
        ("absent(x)", None),
        ("x == 0", None),
        ("x >", None),
    ],
)
def test_limit_of_a_rule(expression: str, text: str | None) -> None:
    found = level(expression, {"most:x": "vector(7)"})
    assert (found.text if found else None) == text


def test_rules_of_an_operator_are_read(tmp_path: Path) -> None:
    wrapped = "kind: PrometheusRule\nspec:\n  " + RULES.replace("\n", "\n  ")
    (tmp_path / "rule.yaml").write_text(wrapped, encoding="utf-8")
    assert rules_of(str(tmp_path))["DiskFillsUp"].window_s == 5400


def test_several_rules_of_one_name_are_told_and_none_is_taken(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE)
    more = "".join(f"  - alert: DiskFillsUp\n    expr: free_bytes < {figure}\n    for: 5m\n" for figure in (5, 5, 3))
    (tmp_path / "rules.yml").write_text(RULES + more, encoding="utf-8")
    runbook, told = completed(load(tmp_path / "page.md"), rules_of(str(tmp_path / "rules.yml")), "rules.yml")
    assert runbook.incident(1).alert.limit is None
    assert told[0].startswith("rules.yml has 4 different rules of the name DiskFillsUp, and none is taken")


def test_recording_rule_gives_the_limit(tmp_path: Path) -> None:
    recorded = "  - record: most:bytes\n    expr: vector(9)\n"
    (tmp_path / "rules.yml").write_text(
        f"groups:\n- name: a\n  rules:\n{recorded}  - alert: Full\n    expr: x > most:bytes\n", encoding="utf-8"
    )
    rule = rules_of(str(tmp_path / "rules.yml"))["Full"]
    found = level(rule.expression, rule.recorded)
    assert found is not None
    assert found.text == "> 9"


@pytest.mark.parametrize("address", ["http://u:secret@127.0.0.1:1/", "http://[", "https://"])
def test_address_of_rules_is_told_without_its_password(address: str) -> None:
    with pytest.raises(RunbookError, match="rules cannot be read") as caught:
        rules_of(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["groups: []", "groups: 5", "groups: [{rules: 5}]", "groups: [5]", "a: [", "- 1"])
def test_rules_that_cannot_be_used_are_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RunbookError, match=r"rules\.yml: ") as caught:
        rules_of(str(tmp_path / "rules.yml"))
    assert "\n" not in str(caught.value)


def test_verification_below_the_mitigation_is_one(tmp_path: Path) -> None:
    text = PAGE.replace(
        "## Notes", "### Verification\n\n```sh\nkubectl get nodes\n```\n\n### Verify quotas\n\nNo.\n\n## Notes"
    )
    (page,) = load_text(tmp_path, text)
    assert texts(page.verification) == ["kubectl get nodes"]
    assert [cause.name for cause in page.causes] == ["Old images", "Old logs", "Verify quotas"]


def test_output_below_a_command_of_an_indented_block_is_none(tmp_path: Path) -> None:
    shown = "    kubectl get lease\n\n    holder: node-1\n    duration: 60\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl get lease"


def test_expressions_in_a_block_of_a_shell_are_no_commands(tmp_path: Path) -> None:
    block = "```sh\n// the fullest\ntopk(5,\n  sum by (pod) (rate(x[4m]))\n)\n\n// all\nsum(x) / 2\n```\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{block}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl debug node/<node> -- df -h"


def test_block_that_cannot_be_read_does_not_refuse_the_page(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("## Notes", "```sh\necho 'open\n```\n\n## Notes"))
    assert len(page.causes) == 2
    (reading,) = readings(tmp_path / "page.md")
    assert "this command never ends; expected its closing quote" in reading.noticed[0][1]
    assert reading.noticed[0][1].endswith("the block is left out")


def test_page_about_trouble_is_read_whatever_its_title(tmp_path: Path) -> None:
    text = "# PostgreSQL\n\n## No room\n\nIt may crash or fail with an error, and is slow to recover.\n\n- `df -h`\n"
    (page,) = load_text(tmp_path, text, "notes.md")
    assert (page.alert.name, [cause.name for cause in page.causes]) == ("PostgreSQL", ["No room"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("# DiskFillsUp Runbook", "DiskFillsUp"),
        ('# Alert: "Disk is full"', "Disk is full"),
        ("# Runbook: disk is full", "DiskIsFull"),
        ("# `disk_fills_up` (critical)", "disk_fills_up"),
    ],
)
def test_name_of_the_alert_in_a_title(tmp_path: Path, title: str, name: str) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("# DiskFillsUp", title, 1))
    assert page.alert.name == name


def test_name_of_the_alert_in_a_symptom_or_in_the_file_s_name(tmp_path: Path) -> None:
    text = PAGE.replace("# DiskFillsUp", "# The disk fills up", 1)
    (page,) = load_text(tmp_path, text, "NodeDiskFull.md")
    assert page.alert.name == "NodeDiskFull"
    (page,) = load_text(
        tmp_path, text.replace("## Impact", "## Symptoms\n\n- [ ] Alert: `DiskFull` fires\n\n## Impact")
    )
    assert page.alert.name == "DiskFull"


def test_command_that_words_about_the_incident_name_is_told_and_not_read(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("Writes fail.", "Tools such as `kubectl exec` do not work."))
    assert "kubectl exec" not in steps(page)
    path = tmp_path / "page.md"
    assert "the command 'kubectl exec' is not read" in inventory(read(path), load(path)).found[0][1]


def test_block_below_words_about_output_is_output(tmp_path: Path) -> None:
    shown = "The output should look like:\n\n```sh\nOct 18 19:39 node chronyd: stepped\n```\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl debug node/<node> -- df -h"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown.replace('Oct 18', 'date -d')}\n## Mitigation"))
    assert steps(page)[-1].startswith("date -d")
