"""Words with white between their letters are whole, and nothing else is put together."""

from pathlib import Path

import numpy as np
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell

from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.tracked import join_tracked
from tests.unit.intake.pdf_files import Page, PdfFile
from tests.unit.intake.text_layer.test_mending import lines, mended


def joined(*rows: tuple[str, float], letter_gap: float = 2.0, space: float = 7.0) -> list[str]:
    """What becomes of words that the parser has parted at "|", all in one row; a letter is 5 points wide."""
    words, chars, boxes, x = [], [], [], 60.0
    for text, gap in rows:
        for piece in text.split("|"):
            left = x
            for char in piece:
                chars.append(char)
                boxes.append((x, 700.0, x + 5, 711.0))
                x += 5 + gap
            box = BoundingBox(l=left, b=700, r=x - gap, t=711, coord_origin=CoordOrigin.BOTTOMLEFT)
            rect, mode = BoundingRectangle.from_bounding_box(box), PdfCellRenderingMode.FILL_TEXT
            words.append(
                PdfTextCell(
                    rect=rect, text=piece, orig=piece, rendering_mode=mode, widget=False, font_key="", font_name="/F"
                )
            )
            x += letter_gap - gap
        x += space - letter_gap
    glyphs = PageGlyphs(tuple(chars), np.array(boxes))
    return ["".join(word.text for word in group) for group in join_tracked(words, lambda: glyphs)]


def test_pieces_as_far_apart_as_their_letters_are_a_word() -> None:
    said = ("Lehrer", 0.0), ("Ko|n|r|a|d", 2.0), ("Wi|l|d|e|nh|a|i|n,", 2.0), ("hielt", 0.0)
    assert joined(*said) == ["Lehrer", "Konrad", "Wildenhain,", "hielt"]


def test_words_a_space_apart_stay_words() -> None:
    assert joined(("d|e|r", 2.0), ("Mann", 2.0), ("im", 0.0), space=4.0) == ["der", "Mann", "im"]


def test_an_alphabet_and_a_page_without_such_words_stay_as_they_are() -> None:
    assert joined(("AB|C|D|E|F|G", 2.0)) == ["AB", "C", "D", "E", "F", "G"]
    assert joined(("A|B", 2.0), ("one", 0.0)) == ["A", "B", "one"]


def test_a_letter_spaced_word_is_whole_in_its_line(tmp_path: Path) -> None:
    shown = (
        b"BT /F1 11 Tf 72 700 Td (Lehrer ) Tj 2 Tc (Konrad) Tj 0 Tc ( hielt ) Tj 3 Tc (sehr) Tj 0 Tc ( viel) Tj ET\n"
    )
    page = mended(PdfFile([Page(shown)]).write(tmp_path / "a.pdf"))
    assert lines(page) == ["Lehrer Konrad hielt sehr viel"]


def row_of(*letters: tuple[str, float, float, float], top: float = 706.0) -> list[str]:
    """What becomes of words in boxes of their ink, each with the white before it, its width and its foot in points."""
    words, x = [], 60.0
    for text, gap, width, foot in letters:
        box = BoundingBox(l=x + gap, b=700 + foot, r=x + gap + width, t=top, coord_origin=CoordOrigin.BOTTOMLEFT)
        rect, mode = BoundingRectangle.from_bounding_box(box), PdfCellRenderingMode.FILL_TEXT
        cell = PdfTextCell(
            rect=rect, text=text, orig=text, rendering_mode=mode, widget=False, font_key="", font_name="/F"
        )
        words.append(cell)
        x += gap + width
    glyphs = PageGlyphs((), np.zeros((0, 4)))
    return ["".join(word.text for word in group) for group in join_tracked(words, lambda: glyphs)]


def spelled(text: str, *, space: float = 7.0, letter: float = 2.5) -> list[tuple[str, float, float, float]]:
    """Letters of uneven widths, feet and gaps."""
    found, wide = [], 0.0
    for number, char in enumerate(text):
        if char == " ":
            wide = space
            continue
        found.append((char, wide or letter + 0.3 * (number % 3), 3.0 + number % 2, -1.0 if char in "gpqy" else 0.0))
        wide = 0.0
    return found


def test_a_row_of_letters_in_boxes_of_their_ink_is_parted_at_its_wide_gaps() -> None:
    assert row_of(*spelled("Grey Owl at Marsh Edge")) == ["Grey", "Owl", "at", "Marsh", "Edge"]
    assert row_of(*spelled("PROCESSION")) == ["PROCESSION"]


def test_letters_of_a_row_of_columns_stay_apart() -> None:
    assert row_of(*spelled("MTWFSOX", letter=9.0)) == list("MTWFSOX")
    assert row_of(*spelled("ABCDEFGH")) == list("ABCDEFGH")
    assert row_of(*spelled("F=qmVbk")) == list("F=qmVbk")
    assert row_of(*spelled("mgHrQ")) == list("mgHrQ")
