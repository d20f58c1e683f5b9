"""The alerts that an Alertmanager has, and whether it notifies of them or was told not to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from drills.checks import CheckFailed, brief, get
from drills.checks.health.loaded_rules import NAME, FiringAlert, belongs

if TYPE_CHECKING:
    from drills.checks import CheckContext

ALERTS: Final = "/api/v2/alerts"
SUPPRESSED: Final = {"silencedBy": "silenced", "mutedBy": "muted", "inhibitedBy": "inhibited"}
"""The lists in an alert's status that say why nobody is notified of it, and the word for each."""


@dataclass(frozen=True)
class NotifiedAlert:
    """An alert at the Alertmanager; *held_back* says why it notifies nobody of it, empty where it does."""

    alert: FiringAlert
    held_back: str = ""


def notified_alerts(context: CheckContext) -> list[NotifiedAlert]:
    """Return the target's alerts; raises CheckFailed for an answer that is no list of alerts."""
    answer = get(context.target, context.target.alertmanager_url, ALERTS)
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise CheckFailed(f"200 with no list of alerts: {brief(answer)}")
    alerts = [_alert(one) for one in found if isinstance(one, dict) and isinstance(one.get("labels"), dict)]
    return [one for one in alerts if belongs(context.target, one.alert.labels)]


def held_back(context: CheckContext) -> list[NotifiedAlert]:
    """Return the alerts of which nobody is notified; none where there is no Alertmanager, or it does not answer."""
    if context.target.alertmanager_url is None:
        return []
    try:
        return [one for one in notified_alerts(context) if one.held_back]
    except (CheckFailed, httpx.HTTPError):  # another check says what is wrong with it
        return []


def why_held_back(alert: FiringAlert, held: list[NotifiedAlert]) -> str:
    """Return why nobody is notified of an alert of Prometheus, which may have fewer labels; empty where somebody is."""
    wanted = alert.labels.items()
    return next(
        (one.held_back for one in held if one.alert.name == alert.name and wanted <= one.alert.labels.items()), ""
    )


def _alert(raw: dict[str, Any]) -> NotifiedAlert:
    labels = {str(name): str(value) for name, value in raw["labels"].items()}
    status = raw.get("status")
    status = status if isinstance(status, dict) else {}
    words = [word for key, word in SUPPRESSED.items() if status.get(key)]
    return NotifiedAlert(FiringAlert(labels.get(NAME, "an alert without a name"), labels), " and ".join(words))
