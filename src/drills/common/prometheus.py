"""A client of Prometheus' HTTP API, with the calls that checks and drills make."""

from __future__ import annotations

import json
from typing import Any

import httpx

SHOWN = 200  # characters of an answer that an error text repeats


class PrometheusError(Exception):
    """Prometheus answered, but not with what was asked for; the text is what was seen."""


class Prometheus:
    """A client of one Prometheus, whose address is the base URL of *http*.

    Every method raises PrometheusError for an answer that cannot be used, and httpx.HTTPError when there is no answer.
    """

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the rows of an instant query: each has a `value`, or `values` where *expression* is a range."""
        return self._listed("/api/v1/query", "result", "a result", query=expression)

    def value(self, expression: str) -> float | None:
        """Return the one value of *expression* now, None where it has none; it may be no number (NaN)."""
        rows = self.query(expression)
        if len(rows) > 1:
            raise PrometheusError(f"{len(rows)} values of {expression}, where one was expected")
        try:
            return float(rows[0]["value"][1]) if rows else None
        except (KeyError, IndexError, TypeError, ValueError):
            raise PrometheusError(f"an answer without a value: {rows[0]}") from None

    def rules(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the rules of all groups; *kind* is "alert" or "record", None for both."""
        parameters = {} if kind is None else {"type": kind}
        return [rule for group in self.rule_groups(**parameters) for rule in _objects(group.get("rules"), "rules")]

    def rule_groups(self, **parameters: str) -> list[dict[str, Any]]:
        """Return the groups of rules that are loaded."""
        return self._listed("/api/v1/rules", "groups", "groups of rules", **parameters)

    def configuration(self) -> str:
        """Return the configuration that is loaded, as YAML."""
        text = self._data("/api/v1/status/config", "a configuration").get("yaml")
        if not isinstance(text, str):
            raise PrometheusError("an answer without a configuration")
        return text

    def flags(self) -> dict[str, Any]:
        """Return the flags of the command line that is running."""
        return self._data("/api/v1/status/flags", "flags")

    def scrape_jobs(self) -> list[str]:
        """Return the names of the scrape jobs that are loaded, sorted; one without a target counts as well."""
        names = self._data("/api/v1/scrape_pools", "scrape jobs").get("scrapePools")
        if not isinstance(names, list):
            raise PrometheusError("an answer without scrape jobs")
        return sorted(map(str, names))

    def targets(self) -> list[dict[str, Any]]:
        """Return the targets that are scraped now."""
        return self._listed("/api/v1/targets", "activeTargets", "targets", state="active")

    def alertmanagers(self) -> list[dict[str, Any]]:
        """Return the Alertmanagers to which alerts are sent now."""
        return self._listed("/api/v1/alertmanagers", "activeAlertmanagers", "Alertmanagers")

    def metadata(self) -> dict[str, list[dict[str, Any]]]:
        """Return what targets declare of their metrics (`type`, `help`, `unit`), by name."""
        return self._data("/api/v1/metadata", "metadata of metrics")

    def _listed(self, path: str, key: str, what: str, **parameters: str) -> list[dict[str, Any]]:
        data = self._data(path, what, **parameters)
        return _objects(data.get(key), f"{what}: {_shown(json.dumps(data))}")

    def _data(self, path: str, what: str, **parameters: str) -> dict[str, Any]:
        answer = self._http.get(path, params=parameters)
        text = _shown(answer.text)
        if answer.status_code != httpx.codes.OK:
            raise PrometheusError(f"GET {path} -> {answer.status_code} {text}")
        try:
            body = answer.json()
        except ValueError:
            raise PrometheusError(f"200 with no JSON: {text}") from None
        data = body.get("data") if isinstance(body, dict) and body.get("status") == "success" else None
        if not isinstance(data, dict):
            raise PrometheusError(f"an answer without {what}: {text}")
        return data


def _shown(text: str) -> str:
    return " ".join(text.split())[:SHOWN] or "(empty body)"


def _objects(value: Any, what: str) -> list[dict[str, Any]]:
    """Return a list of objects from outside; raises PrometheusError for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PrometheusError(f"an answer without {what}")
    return value
