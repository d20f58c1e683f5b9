"""Incident 7, authentication failures: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange, Verdict
from drills.faults.redis.redis_down import RedisDown
from load.profiles import SIGN_INS
from scenarios.faults.ip_blocking_triggered import IpBlockingTriggered
from scenarios.faults.oauth_credentials_invalid import OauthCredentialsInvalid
from scenarios.faults.rate_limit_too_tight import RateLimitTooTight
from scenarios.faults.session_secret_changed import SessionSecretChanged

if TYPE_CHECKING:
    from drills import RunDrill

BACKEND_LOG = "docker logs backend"
REDIS_DOES_NOT_ANSWER = Symptom("redis-cli ping", r"^PONG", SymptomChange.VANISHES)
LOG_HAS_INVALID_CREDENTIALS = Symptom(BACKEND_LOG, r"credentials invalid", SymptomChange.APPEARS)
LOG_HAS_FOREIGN_COOKIE = Symptom(BACKEND_LOG, r"cookie is signed with another secret", SymptomChange.APPEARS)
ADDRESS_IS_BLOCKED = Symptom("auth:blocked:*", r"^[1-9]", SymptomChange.APPEARS)
RATE_LIMIT_SHRINKS = Symptom("x-ratelimit", r"(?i)x-ratelimit-limit: (\d+)", SymptomChange.SHRINKS)


@pytest.mark.drill("7.1")
def test_redis_down(run_drill: RunDrill) -> None:
    """A Redis that was killed has all its sessions again after a restart."""
    run_drill(
        Scenario(
            cause="7.1",
            fault=RedisDown,
            traffic=SIGN_INS,
            symptom=REDIS_DOES_NOT_ANSWER,
            restart_after_recovery="cache",
            lasting="cure",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("7.2")
def test_oauth_credentials_invalid(run_drill: RunDrill) -> None:
    """The provider's new secret in the settings, and a backend that was created anew, let students sign in again."""
    run_drill(
        Scenario(
            cause="7.2",
            fault=OauthCredentialsInvalid,
            traffic=SIGN_INS,
            symptom=LOG_HAS_INVALID_CREDENTIALS,
            restart_after_recovery="backend",
            lasting="cure",
            original=Verdict.REFUTED,
            finding="a restart keeps the container with the credentials it was created with",
        )
    )


@pytest.mark.drill("7.3")
def test_session_secret_changed(run_drill: RunDrill) -> None:
    """A backend that accepts the old secret beside the new one recognises every session again."""
    run_drill(
        Scenario(
            cause="7.3",
            fault=SessionSecretChanged,
            traffic=SIGN_INS,
            symptom=LOG_HAS_FOREIGN_COOKIE,
            restart_after_recovery="backend",
            lasting="cure",
            original=Verdict.CONFIRMED,
            finding="reverting the secret signs out everybody who has signed in since it was changed",
        )
    )


@pytest.mark.drill("7.4")
def test_ip_blocking_triggered(run_drill: RunDrill) -> None:
    """Lifting the block lets a campus sign in again, until a student there fails as often once more."""
    run_drill(
        Scenario(
            cause="7.4",
            fault=IpBlockingTriggered,
            traffic=SIGN_INS,
            symptom=ADDRESS_IS_BLOCKED,
            restart_after_recovery="backend",
            lasting="relief",
        )
    )


@pytest.mark.drill("7.5")
def test_rate_limiting_too_aggressive(run_drill: RunDrill) -> None:
    """A higher limit lets the students of a campus sign in, whose requests count for one address."""
    run_drill(
        Scenario(
            cause="7.5",
            fault=RateLimitTooTight,
            traffic=SIGN_INS,
            symptom=RATE_LIMIT_SHRINKS,
            restart_after_recovery="backend",
            lasting="cure",
        )
    )
