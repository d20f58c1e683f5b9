"""A small file that inflates to 640 MiB when it is read."""

from __future__ import annotations

import zlib
from functools import lru_cache

MIB = 1024 * 1024
POISON_BYTES = 640 * MIB


@lru_cache
def poison_pdf() -> bytes:
    """Return a file under 1 MiB whose first page is a lecture schedule and whose second inflates to 640 MiB."""
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    pages = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] /Resources " + font + b" /Contents %d 0 R >>"
    title = b"BT /F1 14 Tf 40 550 Td (Lectures) Tj ET"
    return _assemble(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>",
            pages % 4,
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(title), title),
            pages % 6,
            _stream(deflated_spaces(POISON_BYTES)),
        )
    )


def _stream(deflated: bytes) -> bytes:
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(deflated), deflated)


def deflated_spaces(count: int) -> bytes:
    """Return *count* spaces (a multiple of 1 MiB), deflated, without ever holding them: the stream repeats itself."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflate.compress(b" " * MIB) + deflate.flush(zlib.Z_FULL_FLUSH)
    blocks = block * (count // MIB)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    # The checksum of equal bytes has a closed form, so nothing has to be counted through.
    prime, space = 65521, ord(" ")
    low = (1 + count * space) % prime
    high = (count + space * count * (count + 1) // 2) % prime
    return b"\x78\xda" + blocks + end + ((high << 16) | low).to_bytes(4, "big")


def _assemble(objects: tuple[bytes, ...]) -> bytes:
    """Return the PDF file of *objects*, numbered from 1; the first is the catalogue."""
    body, offsets = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
