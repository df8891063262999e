"""Signs for which the parser has no letter, or a wrong one, are what pdfium and TeX's encodings say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import (
    BoundingRectangle,
    PdfCellRenderingMode,
    PdfPageBoundaryType,
    PdfPageGeometry,
    PdfTextCell,
    SegmentedPdfPage,
)

from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.unmapped import name_dingbats, name_unmapped

TIMES, LETTERS, SYMBOLS, LARGE = "/ABCDEF+Times", "/ABCDEF+rtxmi", "/ABCDEF+txsys", "/ABCDEF+txexs"
WIDTH, TOP, BOTTOM = 6.0, 110.0, 100.0
WHOLE = BoundingBox(l=0, b=0, r=600, t=800, coord_origin=CoordOrigin.BOTTOMLEFT)
LOST = "\ufffd"


@dataclass(frozen=True)
class Glyph:
    """A glyph as pdfium reads it: a sign, or the letters of a ligature; not ``sure`` where it knows the code only. It
    may stand so many points further ``back`` than behind the one before it.
    """

    read: str
    font: str = TIMES
    sure: bool = True
    back: float = 0.0


def plain(text: str) -> list[Glyph]:
    return [Glyph(character) for character in text]


def cell(text: str, left: float, right: float, font: str) -> PdfTextCell:
    box = BoundingBox(l=left, b=BOTTOM, r=right, t=TOP, coord_origin=CoordOrigin.BOTTOMLEFT)
    return PdfTextCell(
        rect=BoundingRectangle.from_bounding_box(box),
        text=text,
        orig=text,
        font_key="F1",
        font_name=font,
        widget=False,
        rendering_mode=PdfCellRenderingMode.FILL_TEXT,
    )


def page_of(words: Sequence[PdfTextCell]) -> SegmentedPdfPage:
    boxes = {f"{name}_bbox": WHOLE for name in ("art", "bleed", "crop", "media", "trim")}
    geometry = PdfPageGeometry(
        angle=0,
        rect=BoundingRectangle.from_bounding_box(WHOLE),
        boundary_type=PdfPageBoundaryType.CROP_BOX,
        **boxes,
    )
    line = cell(" ".join(word.text for word in words), 0.0, 600.0, TIMES)
    return SegmentedPdfPage(dimension=geometry, char_cells=[], word_cells=list(words), textline_cells=[line])


def named(*parsed: tuple[str, str, Sequence[Glyph]]) -> tuple[list[str], str]:
    """The words of a line that the parser read as ``parsed`` (text, font, glyphs), and the line."""
    characters: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    fonts: list[str] = []
    unsure: set[int] = set()
    words: list[PdfTextCell] = []
    left = 10.0
    for text, font, glyphs in parsed:
        start = left
        for glyph in glyphs:
            for character in glyph.read:
                if not glyph.sure:
                    unsure.add(len(characters))
                characters.append(character)
                boxes.append((left - glyph.back, BOTTOM, left - glyph.back + WIDTH, TOP))
                fonts.append(glyph.font.rpartition("+")[2])
            left += WIDTH
        words.append(cell(text, start, left, font))
        left += WIDTH
    page = page_of(words)

    def read(with_fonts: bool) -> PageGlyphs:
        named_fonts = tuple(fonts) if with_fonts else ()
        return PageGlyphs(tuple(characters), np.array(boxes, dtype=np.float64), frozenset(unsure), named_fonts)

    name_unmapped(page, read)
    return [word.text for word in page.word_cells], page.textline_cells[0].text


def test_a_ligature_without_a_letter_is_read_in_letters() -> None:
    words = named(
        (f"e{LOST}ectively", TIMES, [*plain("e"), Glyph("ff"), *plain("ectively")]),
        (f"su{LOST}cient", TIMES, [*plain("su"), Glyph("ffi"), *plain("cient")]),
        ("plain", TIMES, plain("plain")),
    )
    assert words == (["effectively", "sufficient", "plain"], "effectively sufficient plain")


def test_an_accent_that_is_drawn_over_its_letter_stands_before_it() -> None:
    over = [Glyph("´"), Glyph("a", back=WIDTH + 1), *plain("b")]
    assert named((f"{LOST}ab", TIMES, over))[0] == ["´ab"]
    assert named((f"{LOST}ab", TIMES, [Glyph('"'), *over[1:]]))[0] == [f"{LOST}ab"]


def test_a_sign_without_a_letter_is_what_pdfium_reads() -> None:
    signs = [Glyph("(", SYMBOLS), Glyph("𝑥", LETTERS), Glyph(")", SYMBOLS), Glyph("=", LETTERS), *plain("1")]
    assert named((f"{LOST}𝑥{LOST}{LOST}1", SYMBOLS, signs))[0] == ["(𝑥)=1"]


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [
        (SYMBOLS, "h", "⟨"),
        (SYMBOLS, "\x1c", "≪"),
        (SYMBOLS, "2", "∈"),
        (SYMBOLS, "r", "∇"),
        (LETTERS, "\x0f", "ϵ"),
        (LETTERS, "!", "ω"),
        (LETTERS, "@", "∂"),
        (LARGE, "\x10", "("),
        (LARGE, "X", "∑"),
    ],
)
def test_a_sign_that_pdfium_knows_by_its_code_is_that_of_the_encoding(font: str, code: str, sign: str) -> None:
    assert named((LOST, font, [Glyph(code, font, sure=False)]))[0] == [sign]
    assert named((LOST, TIMES, [Glyph(code, TIMES, sure=False)]))[0] == [LOST], "no font of mathematics"


def test_codes_of_mathematics_are_no_letters() -> None:
    """A decimal point from a font of mathematics has the code of a colon, and a slash that of an equals sign."""
    number = [*plain("6"), Glyph(".", LETTERS), *plain("5")]
    ratio = [Glyph("π", LETTERS), Glyph("/", LETTERS), Glyph("ω", LETTERS)]
    time = plain("12:30")
    words = named(("6:5", TIMES, number), ("π=!", LETTERS, ratio), ("12:30", TIMES, time))
    assert words == (["6.5", "π/ω", "12:30"], "6.5 π/ω 12:30")


def test_a_letter_stays_where_pdfium_knows_less() -> None:
    line = [Glyph("\x7f", LARGE, sure=False), Glyph("x", LETTERS)]
    colon = [Glyph(".", LETTERS)]
    assert named(("⎧x", LARGE, line), (":", LETTERS, colon))[0] == ["⎧x", "."]


def test_a_font_that_hides_its_letters_is_not_believed_in_another_way() -> None:
    """What pdfium reads of such a font may be any letter, and the page is to be read from its image."""
    assert named((f"비{LOST}용", TIMES, plain("비퓒용")))[0] == [f"비{LOST}용"]
    assert named((f"{LOST}ord", TIMES, [Glyph("wx"), *plain("ord")]))[0] == [f"{LOST}ord"]


def test_a_korean_syllable_without_a_letter_is_what_pdfium_reads() -> None:
    assert named((f"설{LOST}", TIMES, plain("설치")))[0] == ["설치"]
    assert named((f"설{LOST}", TIMES, plain("살치")))[0] == [f"설{LOST}"]


def test_nothing_is_changed_where_the_two_do_not_agree() -> None:
    assert named((f"e{LOST}ect", TIMES, [*plain("a"), Glyph("ff"), *plain("ect")]))[0] == [f"e{LOST}ect"]
    assert named((LOST * 5, TIMES, [Glyph("ab"), *plain("cdef")]))[0] == [LOST * 5], "too many to part"
    assert named(("6:5", TIMES, plain("6.5")))[0] == ["6:5"], "no font of mathematics is on the page"


def test_pieces_of_tall_brackets_are_signs() -> None:
    assert named(("\uf8f1\uf8f2\uf8f3x\uf8fe", LARGE, plain("abcxe")))[0] == ["⎧⎨⎩x⎭"]


def test_dingbats_are_signs_and_letters_stay() -> None:
    page = page_of([cell("l", 0, 6, "/ZapfDingbats"), cell("4H", 10, 20, "/ITCZapfDingbats"), cell("l", 30, 36, TIMES)])
    name_dingbats(page)
    assert [word.text for word in page.word_cells] == ["●", "✔★", "l"]
