"""`python -m reports.dashboards` writes Grafana's files; with folders of records, which panel moved in which drill."""

from __future__ import annotations

import sys
from pathlib import Path

from drills.common.files import write_text
from drills.record.experiment_verdict import arm_folders
from drills.runbook import load
from drills.sandbox import descriptor
from reports.dashboards.files import rendered
from reports.dashboards.movement import table

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "runbook" / "incidents.md"
STACK = ROOT / "stack" / "reference.toml"
FOLDER = ROOT / "stack" / "config" / "grafana"


def files() -> dict[str, str]:
    """Return what `stack/config/grafana` has to hold."""
    about = descriptor.read(STACK)
    address = f"http://{about.roles['metrics']}:{about.ports['metrics']}"
    return rendered(load(RUNBOOK), about.expressions, address)


def main(arguments: list[str]) -> int:
    """Write the files, or print the table of the records below the folders given."""
    if arguments:
        arms = [arm for argument in arguments for arm in arm_folders(Path(argument))]
        print(table(load(RUNBOOK), descriptor.read(STACK).expressions, arms), end="")
        return 0
    for name, content in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(FOLDER / name, content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
