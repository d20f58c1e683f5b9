"""Small runbooks of each form, and how a test reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook import Command, load

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
