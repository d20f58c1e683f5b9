"""Render the one page from its templates: whatever a record says is shown as text and never acts on the page."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from drills.common.visible import visible

SCRIPT: Final = "page.js"


def shown(value: object) -> object:
    """Return text with its control characters made visible; what is HTML already, and numbers, as they are."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("drills.reports"),
    autoescape=True,
    finalize=shown,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_html(template: str, **values: object) -> str:
    """Return *template* filled with *values*; raises UndefinedError for one that it names and that is not given."""
    return _ENVIRONMENT.get_template(template).render(values, policy=_policy())


def _policy() -> str:
    """Return the policy under which a browser runs the page's own script and nothing else, and fetches nothing."""
    script = _ENVIRONMENT.get_template(SCRIPT).render()
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
