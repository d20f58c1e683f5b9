"""Tells a chat (Slack, or what understands the same) of a run that is not green; its address is a secret."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import httpx

from drills.checks.clients import on_this_machine
from drills.checks.reporting.notice import notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.reporting.run_result import Result

LIMIT_S: Final = 4.0
"""Nobody waits longer for a chat."""
LONGEST: Final = 3500
"""Characters; a chat cuts longer messages itself, in the middle of its own marks."""


def message(result: Result, redact: Callable[[str], str]) -> dict[str, str]:
    """Return the message as a chat takes it: the subject in bold, the runbook's text as it is."""
    found = notice(result)
    body = redact(found.text).replace("```", "'''")[:LONGEST]
    return {"text": f"*{_escaped(redact(found.subject))}*\n```\n{_escaped(body)}\n```"}


def deliver(url: str, payload: dict[str, str]) -> str:
    """Send `payload` to `url` and say in a sentence what came of it; never raises, and never takes long."""
    said: list[str] = []
    # A limit of httpx is for each part of an answer; a server that dribbles could hold a run for ever.
    sender = threading.Thread(target=lambda: said.append(_send(url, payload)), daemon=True)
    sender.start()
    sender.join(LIMIT_S)
    return said[0] if said else f"the webhook was not told: no answer within {LIMIT_S:g} s"


def _send(url: str, payload: dict[str, str]) -> str:
    try:
        with httpx.Client(timeout=LIMIT_S, trust_env=not on_this_machine(url)) as http:
            answer = http.post(url, json=payload)
    except Exception as error:  # noqa: BLE001  (whatever it is, the verdict stands; its text may repeat the address)
        return f"the webhook was not told: {type(error).__name__}"
    if not answer.is_success:
        return f"the webhook was not told: it answered {answer.status_code}"
    return "the webhook was told"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
