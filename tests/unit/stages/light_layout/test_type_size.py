"""The size of scanned type, by its width: lines that are set alike come out alike, whatever their letters."""

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from pipeline.pages import Box
from pipeline.stages.light_layout.type_size import LINE_HEIGHT, settled_heights, type_height

LINES = ("On masonry and iron", "WORK AT THE WEST BANK", "Methods", "Pay 1,204.50 (net) by 3 May", "Grüße aus Lindau")


def read(text: str, size: float, font: str, height: float) -> Box:
    """The box that recognition gives a line: around its ink, with a margin of a fifth of its height."""
    margin = 0.19 * height
    return Box(60 - margin, 100, 60 + stringWidth(text, font, size) + margin, 100 + height)


@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold"])
def test_lines_of_one_size_are_alike_in_any_font_of_text(font: str) -> None:
    heights = [type_height(text, read(text, 20, font, height)) for text in LINES for height in (18, 24)]
    assert max(heights) < 1.12 * min(heights)
    assert 0.85 * 20 * LINE_HEIGHT < min(heights) < 1.15 * 20 * LINE_HEIGHT


def test_the_height_of_the_box_tells_nothing() -> None:
    small, large = (type_height(LINES[0], read(LINES[0], size, "Helvetica", 20)) for size in (12, 18))
    assert large == pytest.approx(1.5 * small, rel=0.01)


def test_wide_letters_count_as_wide_and_marks_not_at_all() -> None:
    box = Box(0, 0, 140 + 0.38 * 24, 24)
    assert type_height("山地果园的养护", box) == pytest.approx(20 * LINE_HEIGHT, rel=0.01)
    plain, accented = (type_height(text, Box(0, 0, 100, 20)) for text in ("e" * 8, "e\u0301" * 8))
    assert plain == accented


def test_nothing_says_nothing() -> None:
    assert type_height("  ", Box(0, 0, 20, 20)) == 0
    assert type_height("Hello", Box(0, 0, 2, 20)) == 0


def test_syllables_are_one_letter_each() -> None:
    box = Box(0, 0, 140 + 0.38 * 24, 24)
    assert type_height("국회입법조사처", box) == pytest.approx(20 * LINE_HEIGHT, rel=0.01)


def test_heights_of_one_size_are_settled_by_the_longest_lines() -> None:
    found = settled_heights([11.9, 20.0, 13.0, 12.2, 15.6], [10, 20, 4, 8, 30])
    assert found == pytest.approx([12.21, 20.0, 12.21, 12.21, 15.6], abs=0.01)
    assert settled_heights([], []) == []
