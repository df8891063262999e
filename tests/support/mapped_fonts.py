"""Documents whose font says what the test wants: shapes of no interest, any Unicode values, in any order and place."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.unit.intake.pdf_files import Page, PdfFile, stream

FIRST_CODE = 0x21  # the first character code that a mapped font uses
TABLE_NUMBER = 4  # of the font's Unicode table among the objects of its file


@dataclass(frozen=True)
class MappedFont:
    """A font that gives each glyph the text of the test's choice. Glyphs are half as wide as high, marks have no width.

    ``glyphs`` are the texts of its glyphs, each once; at most 90.
    """

    glyphs: tuple[str, ...]
    zero_width: frozenset[str] = frozenset()

    def encode(self, glyphs: Sequence[str]) -> bytes:
        """The string operand that draws these glyphs."""
        return b"<" + b"".join(b"%02x" % (FIRST_CODE + self.glyphs.index(glyph)) for glyph in glyphs) + b">"

    def font(self) -> bytes:
        """The font's object."""
        widths = b" ".join(b"0" if glyph in self.zero_width else b"500" for glyph in self.glyphs)
        return (
            b"<< /Type /Font /Subtype /TrueType /BaseFont /Mapped /FirstChar %d /LastChar %d /Widths [%s]"
            b" /FontDescriptor << /Type /FontDescriptor /FontName /Mapped /Flags 32 /FontBBox [0 -200 1000 800]"
            b" /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /ItalicAngle 0 >> /ToUnicode %d 0 R >>"
            % (FIRST_CODE, FIRST_CODE + len(self.glyphs) - 1, widths, TABLE_NUMBER)
        )

    def table(self) -> bytes:
        """The object of its Unicode table (ISO 32000-1, 9.10.3)."""
        rows = b"".join(
            b"<%02x> <%s>\n" % (FIRST_CODE + number, glyph.encode("utf-16-be").hex().encode())
            for number, glyph in enumerate(self.glyphs)
        )
        return stream(
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
            b"1 begincodespacerange <00> <ff> endcodespacerange\n"
            b"%d beginbfchar\n%sendbfchar\nendcmap end end" % (len(self.glyphs), rows)
        )


def mapped_page(lines: Sequence[Sequence[str]], zero_width: Sequence[str] = ()) -> PdfFile:
    """One page with these lines of glyphs in one mapped font, 12 pt high and 20 pt apart, from y = 700 down."""
    font = MappedFont(tuple(dict.fromkeys(glyph for line in lines for glyph in line)), frozenset(zero_width))
    shown = (
        b"BT /F1 12 Tf 72 %d Td %s Tj ET\n" % (700 - 20 * row, font.encode(line)) for row, line in enumerate(lines)
    )
    return PdfFile([Page(b"".join(shown))], [font.table()], font.font())
