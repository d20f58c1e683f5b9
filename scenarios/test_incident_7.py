"""Incident 7, authentication failures: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from load.profiles import SIGN_INS
from scenarios.faults.block import BlockedCampus
from scenarios.faults.cache_down import KilledCache
from scenarios.faults.provider import RotatedClientSecret
from scenarios.faults.setting import ChangedSessionSecret, TightRateLimit

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

BACKEND_SAYS = "docker logs backend"


@pytest.mark.drill("7.1")
def test_redis_down(run_drill: Experiment) -> None:
    """A Redis that was killed comes back with all its sessions when it is started afresh."""
    run_drill(
        Scenario(
            cause="7.1",
            fault=KilledCache,
            traffic=SIGN_INS,
            symptom=Symptom("redis-cli ping", r"^PONG", SymptomChange.VANISHES),
            restart_after_recovery="cache",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("7.2")
def test_oauth_credentials_invalid(run_drill: Experiment) -> None:
    """The provider's new secret in the settings, and a backend that was created anew, let students in again."""
    run_drill(
        Scenario(
            cause="7.2",
            fault=RotatedClientSecret,
            traffic=SIGN_INS,
            symptom=Symptom(BACKEND_SAYS, r"credentials invalid", SymptomChange.APPEARS),
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("7.3")
def test_session_secret_changed(run_drill: Experiment) -> None:
    """A backend that accepts the old secret beside the new one knows everybody again."""
    run_drill(
        Scenario(
            cause="7.3",
            fault=ChangedSessionSecret,
            traffic=SIGN_INS,
            symptom=Symptom(BACKEND_SAYS, r"cookie is signed with another secret", SymptomChange.APPEARS),
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("7.4")
def test_ip_blocking_triggered(run_drill: Experiment) -> None:
    """Lifting the block lets a campus sign in again, until somebody there fails as often once more."""
    run_drill(
        Scenario(
            cause="7.4",
            fault=BlockedCampus,
            traffic=SIGN_INS,
            symptom=Symptom("auth:blocked:*", r"^[1-9]", SymptomChange.APPEARS),
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("7.5")
def test_rate_limiting_too_aggressive(run_drill: Experiment) -> None:
    """A higher limit lets the students of a campus sign in, who are one address to it."""
    run_drill(
        Scenario(
            cause="7.5",
            fault=TightRateLimit,
            traffic=SIGN_INS,
            symptom=Symptom("x-ratelimit", r"(?i)x-ratelimit-limit: (\d+)", SymptomChange.SHRINKS),
            restart_after_recovery="backend",
        )
    )
