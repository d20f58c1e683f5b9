"""A template shows what it is given, and neither acts on it nor passes over what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment, PackageLoader, UndefinedError
from markdown_it import MarkdownIt

from drills.reports.collect import collect
from drills.reports.findings_page import findings_page
from drills.reports.markup import escape, sentence, text
from drills.reports.page_html import render_html
from drills.reports.templates import render
from drills.reports.verification_page import verification_page
from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

MACROS = {"page_row.html.j2"}
"""Templates that define macros for another one, and so need no value themselves."""
HOSTILE = "<script>x</script> *b* [l](http://x) `c` ![i](http://y) | _e_ \\*"
SYMPTOM = {"pattern": "x", "line": 7, "change": "grows", "proved": True}
EVERYWHERE: dict[str, Any] = {
    "cause_name": HOSTILE, "incident_name": HOSTILE, "alert": HOSTILE, "reason": HOSTILE, "finding": HOSTILE,
    "solution": HOSTILE, "durability": {"verdict": "relief", "load": HOSTILE, "restart": HOSTILE},
    "symptom": SYMPTOM | dict.fromkeys(("command", "normal", "abnormal"), HOSTILE),
    "commands": [{"line": 1, "text": HOSTILE, "exit": 0, "seconds": 1.0}], "runbook": {"file": HOSTILE, "sha256": "ab"},
}  # fmt: skip


def test_no_text_of_a_record_acts_on_a_page(tmp_path: Path) -> None:
    leak(tmp_path / "drills/5.1-documented", runbook=EVERYWHERE["runbook"])
    judged(tmp_path / "drills/5.1-documented", **EVERYWHERE)
    run = collect(tmp_path)
    for page in (verification_page(run, tmp_path), findings_page(run)):
        html = MarkdownIt("commonmark").enable("table").render(page)
        assert "&lt;script&gt;x" in html
        for acted_on in ("<script", "<img", "<em>", 'href="http', "<strong>b"):
            assert acted_on not in html


def test_every_template_can_be_read_and_a_missing_value_is_an_error() -> None:
    found = Environment(loader=PackageLoader("drills.reports"), autoescape=False).list_templates()
    whole = [name for name in found if name.endswith(".j2") and name not in MACROS]
    pages = {name: render_html if name.endswith(".html.j2") else render for name in whole}
    assert len(pages) > 3
    assert set(pages.values()) == {render, render_html}
    for name, filled in pages.items():
        with pytest.raises(UndefinedError):
            filled(name)


@pytest.mark.parametrize(
    ("plain", "shown"),
    [("a_b _c_", r"a_b \_c\_"), ("a|b", r"a\|b"), ("<x>", r"\<x\>"), ("two\nlines", "two lines"), (r"\*", r"\\\*")],
)
def test_text_is_escaped_once(plain: str, shown: str) -> None:
    assert text(plain) == escape(plain) == escape(escape(plain)) == shown


def test_a_sentence_has_one_capital_and_one_full_stop() -> None:
    assert sentence("it ended.") == sentence("it ended") == "It ended."
    assert sentence("it ended.", "expected more") == "It ended (expected more)."
