"""The smallest stack that can be described: one service, one quantity, no store, no queue, no certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
name = "small"
project = "small"
disk_mib = 512
boot_deadline_s = 30
files = ["compose.yaml"]
rules = "rules.yml"

[roles]
gateway = "web"

[ports]
gateway = 8080

[expressions]
error_rate = "sum(rate(errors[$window])) / sum(rate(answers[$window]))"

[offers]
faults = ["crashed container"]

[restart]
line = "docker-compose restart {service}"

[heal]
lines = ["docker-compose up -d"]

[snapshot]
lines = ["docker ps"]
"""


def described(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the descriptor and its compose file, with parts of the text replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text, f"the sample no longer contains {old!r}"
        text = text.replace(old, new, 1)
    (folder / "compose.yaml").write_text("services: {web: {image: web, ports: ['8080:80']}}\n")
    path = folder / "small.toml"
    path.write_text(text)
    return path
