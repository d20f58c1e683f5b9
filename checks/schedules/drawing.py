"""Draw a document with a title, or a whole schedule, whose title stands above its table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import TableBordersLayout

from checks.schedules.printed import LARGE, Paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.schedules.printed import Printed

ALWAYS = datetime(2025, 1, 1, tzinfo=UTC)
"""A fixed date, so that drawing the same document twice gives the same bytes."""
ROWS = tuple[tuple[str, ...], ...]


def schedule(kind: Printed, token: str) -> FPDF:
    """Return a schedule of the *kind*, in which "{}" stands for *token*; more may be put into it."""
    pdf = page(kind.title, kind.paper)
    for number, rows in enumerate(_tables(kind)):
        if number:
            pdf.add_page()
        _draw(pdf, rows, token, _widths(kind))
    if kind.paper.turned:
        _turn(pdf)
    return pdf


def page(title: str, paper: Paper = Paper()) -> FPDF:  # noqa: B008  (a value that never changes)
    """Return a document with a title and nothing else."""
    pdf = FPDF(orientation="landscape", format=paper.format)
    pdf.set_creation_date(ALWAYS)
    pdf.set_compression(False)  # so that the token can be replaced in place
    pdf.add_page()
    pdf.set_font("Helvetica", size=14)
    pdf.cell(text=title, new_x="LMARGIN", new_y="NEXT", h=12)
    pdf.set_font_size(7)
    return pdf


def _tables(kind: Printed) -> Iterator[ROWS]:
    """Yield the rows of each page's table: of a single one, where the paper does not say how many a page has."""
    step = kind.paper.rows_a_page or len(kind.rows)
    for begin in range(0, len(kind.rows), step):
        header = (kind.columns,) if not begin or kind.paper.header_again else ()
        yield (*header, *kind.rows[begin : begin + step])


def _widths(kind: Printed) -> tuple[int, ...] | None:
    """Return the columns' shares of the width: on small paper a token needs two, or it would be broken into lines."""
    return None if kind.paper.format == LARGE else tuple(2 if name == "Module" else 1 for name in kind.columns)


def _draw(pdf: FPDF, rows: ROWS, token: str, widths: tuple[int, ...] | None) -> None:
    with pdf.table(
        borders_layout=TableBordersLayout.ALL, first_row_as_headings=False, line_height=5, col_widths=widths
    ) as drawn:
        for cells in rows:
            row = drawn.row()
            for cell in cells:
                row.cell(cell.replace("{}", token))


def _turn(pdf: FPDF) -> None:
    """Store each page upright, with its content on its side, and have readers turn it by a quarter."""
    for each in pdf.pages.values():
        width, height = each.dimensions()
        drawn = bytes(each.contents) if isinstance(each.contents, bytearray) else b""
        each.contents = bytearray(b"q 0 1 -1 0 %.2f 0 cm\n%b\nQ\n" % (height, drawn))
        each.set_dimensions(height, width)
        vars(each)["rotate"] = 90  # fpdf writes every attribute of a page
