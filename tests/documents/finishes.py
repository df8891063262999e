"""What happens to a printed document before it is handed over, as one table: nothing, a scan, a turn, encryption,
damage.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pypdfium2

from tests.documents import canvas_print
from tests.documents.model import Document
from tests.documents.numbered_lines import number_lines
from tests.documents.scans import Scan, scanned

PASSWORD = "sesame"
IDENTITY = re.compile(rb"/ID ?\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")
STREAM = re.compile(rb"/FlateDecode")


@dataclass(frozen=True)
class Finish:
    """``apply(pdf, document, seed)`` gives the bytes that are handed over; ``facts`` go into the document's facts."""

    apply: Callable[[bytes, Document, int], bytes]
    facts: dict[str, Any] = field(default_factory=dict)


def unchanged(pdf: bytes, document: Document, seed: int) -> bytes:
    """The document as printed."""
    return pdf


def _scan(scan: Scan, pdf: bytes, document: Document, seed: int) -> bytes:
    return scanned(pdf, scan, seed)


def rotated(pdf: bytes, document: Document, seed: int) -> bytes:
    """The pages with /Rotate 0, 90, 180, 270 in turn, over content that is not turned: a viewer shows the text
    sideways or upside down.
    """
    with pypdfium2.PdfDocument(pdf) as pages:
        for number, page in enumerate(pages):
            page.set_rotation(90 * ((number + seed) % 4))
        return saved(pages)


def mixed_sizes(pdf: bytes, document: Document, seed: int) -> bytes:
    """Every second page is larger than the others by a hand's breadth at its right and its top, as if the pages came
    from two programs.
    """
    with pypdfium2.PdfDocument(pdf) as pages:
        for number, page in enumerate(pages):
            if (number + seed) % 2:
                left, bottom, right, top = page.get_mediabox()
                page.set_mediabox(left, bottom, right + 250, top + 120)
        return saved(pages)


def numbered(pdf: bytes, document: Document, seed: int) -> bytes:
    """The lines of each page are counted in the margin."""
    with pypdfium2.PdfDocument(pdf) as pages:
        number_lines(pages, seed)
        return saved(pages)


def saved(document: pypdfium2.PdfDocument) -> bytes:
    """The document as bytes; pdfium's random identity is replaced, so that the same document gives the same bytes."""
    made = io.BytesIO()
    document.save(made)
    return IDENTITY.sub(b"/ID[<" + b"0" * 32 + b"><" + b"0" * 32 + b">]", made.getvalue())


def cut(pdf: bytes, document: Document, seed: int) -> bytes:
    """The file up to its cross-reference table, as a broken download leaves it: every page is there, but nothing says
    where.
    """
    return pdf[: pdf.rindex(b"\nxref")]


def prefixed(pdf: bytes, document: Document, seed: int) -> bytes:
    """The file behind 1.5 kB of a print job's orders."""
    order = b"@PJL SET COPIES=1\r\n@PJL SET DUPLEX=ON\r\n"
    return (order * 40)[:1500] + b"\r\n" + pdf


def undecodable(pdf: bytes, document: Document, seed: int) -> bytes:
    """The first compressed stream names a filter that nobody knows."""
    return STREAM.sub(b"/UnknownCode", pdf, count=1)


def encrypted(pdf: bytes, document: Document, seed: int) -> bytes:
    """The document drawn anew in a file that opens with ``PASSWORD``; it is in Latin, Greek or Cyrillic letters."""
    return canvas_print.pdf(document, PASSWORD)


def _scans(**scans: Scan) -> dict[str, Finish]:
    return {name: Finish(partial(_scan, scan), {"scan": scan.__dict__}) for name, scan in scans.items()}


FINISHES = {
    "plain": Finish(unchanged),
    **_scans(
        scan=Scan(noise=2),
        scan_fine=Scan(dpi=300),
        scan_coarse=Scan(dpi=150, noise=8),
        scan_skewed=Scan(skew=2.5),
        scan_turned=Scan(dpi=130, noise=2, turns=(0, 1, 2, 3)),
        scan_left=Scan(noise=2, turns=(3,)),
        scan_right=Scan(noise=2, turns=(1,)),
        scan_over=Scan(noise=2, turns=(2,)),
        scan_faint=Scan(contrast=0.35),
        scan_noisy=Scan(noise=25),
        scan_layer=Scan(layer=True),
    ),
    "numbered": Finish(numbered, {"line_numbers": True}),
    "mixed_sizes": Finish(mixed_sizes, {"mixed_sizes": True}),
    "rotated": Finish(rotated, {"rotated": True}),
    "encrypted": Finish(encrypted, {"password": PASSWORD}),
    "cut": Finish(cut, {"damage": "cut"}),
    "prefixed": Finish(prefixed, {"damage": "bytes before the header"}),
    "undecodable": Finish(undecodable, {"damage": "unknown filter"}),
}
