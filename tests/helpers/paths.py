"""Where the parts of this project are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "runbook" / "incidents.md"
DESCRIPTOR = ROOT / "stack" / "reference.toml"
DATA = ROOT / "tests" / "data"
LOCUSTFILE = ROOT / "load" / "locustfile.py"
