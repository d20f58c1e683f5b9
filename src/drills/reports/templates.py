"""Render pages from templates; what an expression prints is escaped for Markdown."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from drills.reports import markup, phrases

# The pages are Markdown, where HTML's escapes would be shown: so `finalize` escapes for Markdown what each expression
# prints, by default, as autoescape would for HTML.
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("drills.reports"),
    autoescape=False,  # noqa: S701 - see above
    finalize=markup.escape,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters |= {
    "anchor": markup.anchor,
    "as_is": markup.Markdown,
    "code": markup.code,
    "diagnosis": phrases.diagnosis,
    "documented": phrases.documented,
    "durability": phrases.durability,
    "fenced": markup.fenced,
    "figure": "{:g}".format,
    "kept": phrases.kept,
    "lasting": phrases.lasting,
    "evidence_strength": phrases.evidence_strength,
    "losses": phrases.losses,
    "seconds": phrases.seconds,
    "settled": phrases.settled,
    "watch": phrases.watch,
    "sentence": markup.sentence,
    "surprise": phrases.surprise,
    "time": phrases.time,
}
_ENVIRONMENT.globals |= {
    "image": markup.image,
    "link": markup.link,
    "scaled_times": phrases.scaled_times,
    "standing": phrases.standing,
    "summary": phrases.summary,
}


def render(template: str, **values: object) -> markup.Markdown:
    """Return *template* filled with *values*; raises UndefinedError for one that it names and that is not given."""
    return markup.Markdown(_ENVIRONMENT.get_template(template).render(values))
