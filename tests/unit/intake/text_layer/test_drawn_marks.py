"""Raised marks that a font draws by itself: told from figures by their ink, on pages where one is sure."""

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.drawn_marks import part_drawn_marks
from pipeline.intake.text_layer.glyphs import PageGlyphs, read_glyphs
from pipeline.intake.text_layer.mending import mend
from tests.unit.intake.text_layer.test_mending import at, lines, words

LOW = {"p": -2.0, "y": -2.0, "3": -2.0, "7": -2.0}  # feet of old-style figures and hanging letters, below the base line


def parted(*texts: str, old_style: bool = False) -> list[list[str]]:
    """The pieces of each word; "^" before a character says that its glyph is small and high."""
    words, chars, loose, ink, feet, x = [], [], [], [], [], 60.0
    for text in texts:
        left, plain, raised = x, "", False
        for char in text:
            if char == "^":
                raised = True
                continue
            tall = 5.0 if char in "acemnorsuvwxz" or (old_style and char in "012") else 7.0
            bottom = 703.5 if raised else 700 + (LOW.get(char, 0.0) if char.isalpha() or old_style else 0.0)
            top = 708.0 if raised else max(700 + tall, bottom + tall)
            chars.append(char)
            loose.append((x, 698.0, x + 5, 709.0))
            ink.append((x, bottom, x + 5, top))
            feet.append(700.0)
            plain, raised, x = plain + char, False, x + 5
        box = BoundingBox(l=left, b=698, r=x, t=709, coord_origin=CoordOrigin.BOTTOMLEFT)
        rect, mode = BoundingRectangle.from_bounding_box(box), PdfCellRenderingMode.FILL_TEXT
        words.append(
            PdfTextCell(
                rect=rect, text=plain, orig=plain, rendering_mode=mode, widget=False, font_key="", font_name="/F"
            )
        )
        x += 5
    own = PageGlyphs(tuple(chars), np.array(loose))
    inked = PageGlyphs(tuple(chars), np.array(ink), feet=np.array(feet))
    found = part_drawn_marks(words, lambda: own, lambda: inked)
    return [[piece.text for piece in pieces] for pieces in found]


def test_small_high_figures_are_marks() -> None:
    assert parted("Torp^5", "214.6^2", "m^2", "412.5^a", "140.23") == [
        ["Torp", "5"],
        ["214.6", "2"],
        ["m", "2"],
        ["412.5", "a"],
        ["140.23"],
    ]


@pytest.mark.parametrize("old_style", [False, True])
def test_figures_on_the_base_line_and_hanging_letters_are_none(old_style: bool) -> None:
    said = ["proc1", "A4", "m^2", "1803", "1720", "y2"]
    assert parted(*said, old_style=old_style) == [["proc1"], ["A4"], ["m", "2"], ["1803"], ["1720"], ["y2"]]


def test_no_ink_is_read_where_no_figure_stands_behind_a_letter() -> None:
    assert parted("214.6^2", "only") == [["214.62"], ["only"]]


def test_marks_that_a_font_draws_are_words_of_their_own(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(at((72, 700, "Torp5 mill")).write(tmp_path / "a.pdf")), ""), 1)
    with pdfium.PdfDocument(tmp_path / "a.pdf") as document:
        own = read_glyphs(document[0], shown_page(document[0]))
        ink = read_glyphs(document[0], shown_page(document[0]), ink=True)
    assert ink.feet is not None
    assert set(ink.feet) == {700}
    ink.boxes[own.characters.index("5"), [1, 3]] = 704, 709
    mend(page, lambda: own, lambda: ink)
    assert (words(page), lines(page)) == (["Torp", "5", "mill"], ["Torp 5 mill"])
