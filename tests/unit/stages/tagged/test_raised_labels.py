"""Raised numbers of notes part from the words that they touch."""

import pytest
from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.page_tags import MarkedBox
from pipeline.pages import Box
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.tagged.raised_labels import cut_labels
from pipeline.stages.tagged.tagged_page import text_lines
from pipeline.stages.tagged.tagged_words import MarkedWord

BODY, LABEL = 1, 2


def word(text: str, left: float = 100.0) -> MarkedWord:
    """A word of 5 points a character, 10 points high."""
    box = Box(left, 100, left + 5 * len(text), 110)
    rect = BoundingRectangle.from_bounding_box(to_docling(box))
    return MarkedWord(TextCell(rect=rect, text=text, orig=text, from_ocr=False), box, BODY, 0)


def ink(left: float, right: float, bottom: float = 104.0, mark: int = LABEL, artifact: bool = False) -> MarkedBox:
    return MarkedBox(mark, artifact, True, left, 99.0, right, bottom)


def texts(words: list[MarkedWord]) -> list[tuple[str, int]]:
    return [(word.cell.text, word.mark) for word in words]


def test_a_number_keeps_its_digits() -> None:
    parts = cut_labels([word("86.532")], [ink(126.5, 129.5)], {LABEL})
    assert texts(parts) == [("86.53", BODY), ("2", LABEL)]
    assert [line.text for line in text_lines(parts, {})] == ["86.53 2"]


def test_the_text_of_a_note_parts_from_its_number() -> None:
    parts = cut_labels([word("12The"), word("tide", 125)], [ink(100.5, 108)], {LABEL})
    assert texts(parts) == [("12", LABEL), ("The", BODY), ("tide", BODY)]
    assert [line.text for line in text_lines(parts, {})] == ["12 The tide"]


@pytest.mark.parametrize(
    "box",
    [
        ink(126.5, 129.5, bottom=109.0),  # a digit of the line
        ink(126.5, 129.5, mark=3),  # raised, but no label
        ink(126.5, 129.5, artifact=True),
        ink(140.0, 143.0),  # of another word
        ink(100.5, 103.5),  # digits before a number's other digits
        ink(115.0, 129.5),  # not of digits alone
    ],
)
def test_other_words_stay_whole(box: MarkedBox) -> None:
    assert texts(cut_labels([word("86.532")], [box], {LABEL})) == [("86.532", BODY)]
