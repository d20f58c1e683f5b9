"""The files of the reference stack in which small changes are tried, and the checks that have to see them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from checks.mutations.mutants import loading
from drills.mutants.plan import Language, MutantPlan, Source

PATHS: Final = "request and job paths"
CONFIGURATION: Final = "configuration"

SOURCES: Final = (
    # The identity provider and the object store stand in for other people's programs, and the exporter for an agent.
    Source(
        PATHS,
        ("services/backend/*.py", "services/worker/*.py", "services/common/*.py"),
        Language.PYTHON,
        loading.service,
    ),
    Source(CONFIGURATION, ("config/nginx/nginx.conf",), Language.LINES, loading.gateway),
    Source(
        CONFIGURATION,
        (
            "config/prometheus/*.yml",
            "config/prometheus/rules/*.yml",
            "config/alertmanager/*.yml",
            "config/blackbox/*.yml",
        ),
        Language.LINES,
        loading.monitoring,
    ),
    Source(CONFIGURATION, ("compose.yaml",), Language.LINES, loading.project),
    Source(CONFIGURATION, ("defaults.env",), Language.LINES, loading.settings),
)
MUTANTS: Final = MutantPlan(SOURCES, Path(__file__).with_name("equivalents.toml"))
