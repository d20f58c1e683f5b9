"""A document as one HTML file without a script: what was written down is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from drills.common.visible import visible
from drills.incident.blocks import PERSON

if TYPE_CHECKING:
    from drills.incident.blocks import Block, Document

MARKED: Final = Markup("<mark>{}</mark>").format(PERSON.strip("*"))


def _marked(text: str) -> Markup:
    """Return *text* escaped, with the mark for a person as an element of its own."""
    return MARKED.join(escape(visible(part)) for part in text.split(PERSON))


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("drills.incident"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters |= {"marked": _marked, "kind": _kind}


def html(document: Document) -> str:
    """Return the page; its heading is the document's own first title where it is no message."""
    return _ENVIRONMENT.get_template("document.html.j2").render(document=document, own_title=document.headed)
