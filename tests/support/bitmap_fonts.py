"""Pages in Type 3 fonts as a distiller makes them of TeX's bitmap fonts: no names, glyphs a hundredth of a unit."""

from enum import Enum
from pathlib import Path

from tests.unit.intake.pdf_files import Page, PdfFile, stream

WIDE, NARROW = "mwMW", "fijlrtI.,'"
HIGH, DEEP = "bdfhklit", "gjpqy,"
DOT = 0.12  # points: a dot at 600 to the inch, the size at which such files show their fonts


class FixedPitch(Enum):
    NO = 0
    YES = 1


def distilled_page(rows: list[str], folder: Path, pitch: FixedPitch = FixedPitch.NO) -> Path:
    """A page with these rows, 14 pt apart, in one font of 10 pt; a byte below 32 is a code of TeX's."""
    codes = sorted({ord(letter) for row in rows for letter in row} - {32})
    procedures = [stream(_shape(chr(code), pitch)) for code in codes]
    entries = b" ".join(b"/#%02X %d 0 R" % (code, 4 + number) for number, code in enumerate(codes))
    widths = b" ".join(b"%d" % (_width(chr(code), pitch) if code in codes else 0) for code in range(codes[-1] + 1))
    differences = b" ".join(b"%d /#%02X" % (code, code) for code in codes)
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontMatrix [1 0 0 -1 0 0] /FontBBox [0 0 1 -1] /Resources << >>"
        b" /FirstChar 0 /LastChar %d /Widths [%s] /CharProcs << %s >>"
        b" /Encoding << /Type /Encoding /Differences [%s] >> >>" % (codes[-1], widths, entries, differences)
    )
    shown = b"".join(_row(row, 700 - 14 * number, pitch) for number, row in enumerate(rows))
    return PdfFile([Page(shown)], procedures, font).write(folder / "distilled.pdf")


def _width(letter: str, pitch: FixedPitch) -> int:
    """In dots: those of a font of 10 pt are 83 to the em."""
    if pitch is FixedPitch.YES:
        return 44
    return 66 if letter in WIDE else 24 if letter in NARROW else 42


def _shape(letter: str, pitch: FixedPitch) -> bytes:
    width = _width(letter, pitch)
    low = -18 if letter in DEEP else 0
    high = 58 if letter in HIGH or letter.isupper() or letter.isdigit() else 36
    picture = b"q %d 0 0 %d 200 %d cm BI /IM true /W 1 /H 1 /BPC 1 ID \0 EI Q" % (
        100 * (width - 4),
        100 * (high - low),
        100 * low,
    )
    return b"%d 0 2 %d %d %d d1 0.01 0 0 0.01 0 0 cm %s" % (width, low, width - 2, high, picture)


def _row(row: str, y: float, pitch: FixedPitch) -> bytes:
    space = _width("n", pitch) if pitch is FixedPitch.YES else 28
    parts = [b"<%s>" % word.encode("latin-1").hex().encode() for word in row.split(" ")]
    return b"BT /F1 %g Tf 1 0 0 -1 72 %g Tm [%s] TJ ET\n" % (DOT, y, (b" %d " % (-1000 * space)).join(parts))
