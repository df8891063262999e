"""Letters that the parser has no name for, and that leave no ink, are spaces."""

import numpy as np
import pytest
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.nameless_spaces import MOST_WORDS, part_at_nameless_spaces
from tests.unit.intake.text_layer.test_unmapped import BOTTOM, LOST, TIMES, TOP, WIDTH, cell, page_of

INKLESS = "\x00 \n"


def read(*parsed: tuple[str, str], white: float = WIDTH) -> tuple[list[PdfTextCell], str]:
    """The words of a line, and the line, that the parser and pdfium read as ``parsed``, with as many characters; "~" is
    a letter without a name, as wide as ``white``.
    """
    left, cells, characters, boxes, ink = 10.0, [], [], [], []
    for text, seen in parsed:
        start = left
        for own, char in zip(text, seen, strict=True):
            right = left + (white if own == "~" else WIDTH)
            characters.append(char)
            boxes.append((left, BOTTOM, right, TOP))
            ink.append((left, BOTTOM, left if char in INKLESS else right, TOP))
            left = right
        cells.append(cell(text.replace("~", LOST), start, left, TIMES))
        left += WIDTH
    glyphs = PageGlyphs(tuple(characters), np.array(boxes))
    inked = PageGlyphs(tuple(characters), np.array(ink))
    page = page_of(cells)
    part_at_nameless_spaces(page, lambda: glyphs, lambda: inked)
    words = [word for word in page.word_cells if isinstance(word, PdfTextCell)]
    return words, page.textline_cells[0].text


def texts(*parsed: tuple[str, str], white: float = WIDTH) -> tuple[list[str], str]:
    words, line = read(*parsed, white=white)
    return [word.text for word in words], line


@pytest.mark.parametrize("space", INKLESS)
def test_nameless_letters_without_ink_part_words(space: str) -> None:
    words, line = read(("old~mill~", f"old{space}mill{space}"), ("by", "by"), ("~~day", f"{space * 2}day"))
    assert [word.text for word in words] == ["old", "mill", "by", "day"]
    assert line == "old mill by day"
    assert boxes_of(words)[:2, [0, 2]].tolist() == [[10, 28], [34, 58]]


@pytest.mark.parametrize(
    ("own", "seen"),
    [
        ("old~mill", "oldQmill"),  # a letter that has ink
        ("old~mill", "odd mill"),  # the two read different words
        ("o~~", "o  "),  # little else, perhaps of a font that is not here
    ],
)
def test_other_nameless_letters_stay(own: str, seen: str) -> None:
    text = own.replace("~", LOST)
    assert texts((own, seen)) == ([text], text)


def test_what_has_no_width_is_no_space() -> None:
    assert texts(("old~mill", "old mill"), white=0.5)[0] == [f"old{LOST}mill"]


def test_a_line_keeps_the_letters_that_have_no_name_but_ink() -> None:
    assert texts(("old~mill", "old mill"), ("b~y", "bQy"))[1] == f"old mill b{LOST}y"


def test_characters_are_read_only_where_a_letter_has_no_name() -> None:
    part_at_nameless_spaces(page_of([cell("old", 0, 20, TIMES)]), pytest.fail, pytest.fail)


def test_a_page_of_nameless_letters_is_left_alone() -> None:
    found, _ = texts(*[("o~d", "o d")] * (MOST_WORDS + 1))
    assert found == [f"o{LOST}d"] * (MOST_WORDS + 1)
