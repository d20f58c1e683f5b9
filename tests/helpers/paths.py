"""The paths of this project's parts."""

from pathlib import Path

from drills import load

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "runbook" / "incidents.md"
DESCRIPTOR = ROOT / "stack" / "reference.toml"
DATA = ROOT / "tests" / "data"
LOCUSTFILE = ROOT / "load" / "locustfile.py"
PLAIN_LOCUSTFILE = Path(load.__file__).with_name("locustfile.py")
"""The engine's own locustfile, which is installed with it."""
