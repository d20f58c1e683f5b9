"""Draw a document with a title, or a whole schedule, whose title stands above its table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import TableBordersLayout

if TYPE_CHECKING:
    from checks.schedules.printed import Printed

ALWAYS = datetime(2025, 1, 1, tzinfo=UTC)
"""A fixed date, so that drawing the same document twice gives the same bytes."""


def schedule(kind: Printed, token: str) -> FPDF:
    """Return a schedule of the *kind*, in which "{}" stands for *token*; more may be put into it."""
    pdf = page(kind.title)
    with pdf.table(borders_layout=TableBordersLayout.ALL, first_row_as_headings=False, line_height=5) as drawn:
        for cells in (kind.columns, *kind.rows):
            row = drawn.row()
            for cell in cells:
                row.cell(cell.replace("{}", token))
    return pdf


def page(title: str) -> FPDF:
    """Return a document with a title and nothing else."""
    pdf = FPDF(orientation="landscape", format="A3")
    pdf.set_creation_date(ALWAYS)
    pdf.set_compression(False)  # so that the token can be replaced in place
    pdf.add_page()
    pdf.set_font("Helvetica", size=14)
    pdf.cell(text=title, new_x="LMARGIN", new_y="NEXT", h=12)
    pdf.set_font_size(7)
    return pdf
