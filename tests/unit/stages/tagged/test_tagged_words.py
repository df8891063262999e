"""Words go to the mark whose ink they share most of, whichever way they run."""

from docling_core.types.doc.base import CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.page_tags import MarkedBox
from pipeline.pages import Box
from pipeline.stages.tagged.tagged_words import LOOSE, marked_words


def word(text: str, box: Box, *, down: bool = False) -> TextCell:
    """A word in ``box``, which runs to the right, or ``down``."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    corners = (
        ((right, top), (right, bottom), (left, bottom), (left, top))
        if down
        else ((left, bottom), (right, bottom), (right, top), (left, top))
    )
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    rect = BoundingRectangle(
        r_x0=x0, r_y0=y0, r_x1=x1, r_y1=y1, r_x2=x2, r_y2=y2, r_x3=x3, r_y3=y3, coord_origin=CoordOrigin.TOPLEFT
    )
    return TextCell(index=0, rect=rect, text=text, orig=text, from_ocr=False)


def marks(words: list[TextCell], boxes: list[MarkedBox]) -> list[int]:
    return [found.mark for found in marked_words(words, boxes)]


def test_a_line_right_below_a_heading_is_not_the_headings() -> None:
    heading = MarkedBox(1, False, True, 60, 57, 336, 74)
    letters = [MarkedBox(2, False, True, 60 + 6 * n, 76, 65 + 6 * n, 83) for n in range(9)]
    found = marks(
        [word("Laboratory", Box(60, 56, 140, 75)), word("chemistry", Box(60, 73, 114, 85))], [heading, *letters]
    )
    assert found == [1, 2]


def test_a_column_goes_to_the_mark_of_its_characters() -> None:
    """Though a comma stands at half its height, whose ink is at the side."""
    columns = [
        MarkedBox(mark, False, True, left, 103 + 13 * n, left + 12, 108 + 13 * n)
        for mark, left in ((1, 300.0), (2, 276.0))
        for n in range(20)
        if n != 10
    ] + [MarkedBox(mark, False, True, left, 236, left + 3, 239) for mark, left in ((1, 309.0), (2, 285.0))]
    words = [word("字" * 20, Box(left, 100, left + 12, 358), down=True) for left in (300, 276)]
    assert marks(words, columns) == [1, 2]


def test_a_word_that_nothing_marks_is_loose() -> None:
    assert marks([word("margin", Box(10, 300, 40, 312))], [MarkedBox(1, False, True, 60, 300, 90, 312)]) == [LOOSE]
    assert marks([word("margin", Box(10, 300, 40, 312))], []) == [LOOSE]
