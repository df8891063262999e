"""Check boxes in front of lines: drawn ones, typed ones, and what only looks like one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.pages import TextLine
from pipeline.stages.check_boxes import BoxFinder, mark_choices, mark_read_choices
from tests.unit.stages.test_text_choice import cell, page_of, read, texts

SCALE = 2.0
Gray = NDArray[np.uint8]


def paper(width: int = 300, height: int = 200) -> Gray:
    """White paper, in points."""
    return np.full((int(height * SCALE), int(width * SCALE)), 255, dtype=np.uint8)


def draw(gray: Gray, left: float, top: float, right: float, bottom: float, *, cross: bool = False) -> Gray:
    """A box with sides of a point, in points."""
    x0, y0, x1, y1 = (round(value * SCALE) for value in (left, top, right, bottom))
    gray[y0:y1, x0:x1] = 0
    gray[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] = 255
    if cross:
        for step in range(y1 - y0):
            gray[y0 + step, x0 + step] = gray[y1 - 1 - step, x0 + step] = 0
    return gray


def test_a_drawn_box_says_whether_it_is_ticked() -> None:
    gray = draw(draw(paper(), 40, 50, 50, 60, cross=True), 40, 70, 50, 80)
    page = page_of([cell("Repair", 56, 50), cell("Renewal", 56, 70), cell("No choice", 56, 90)])
    mark_choices(page, BoxFinder(gray, SCALE))
    assert texts(page) == ["[x] Repair", "[ ] Renewal", "No choice"]


def test_a_box_is_found_where_a_font_says_that_its_letters_are_half_as_high() -> None:
    gray = draw(draw(paper(), 40, 50, 51, 61, cross=True), 40, 70, 51, 81)
    lines = [cell("Repair", 58, 50), cell("Renewal", 58, 70)]
    for line in lines:
        line.rect.r_y2 = line.rect.r_y3 = line.rect.r_y0 - 4
    page = page_of(lines)
    mark_choices(page, BoxFinder(gray, SCALE))
    assert texts(page) == ["[x] Repair", "[ ] Renewal"]


def test_a_box_is_found_before_narrow_letters_of_such_a_font() -> None:
    gray = draw(draw(paper(), 42, 50, 54, 62), 42, 70, 54, 82)
    lines = [cell("Wrong measurement", 64, 52), cell("illicit fill", 64, 72)]
    for line, width in zip(lines, (7.5, 4.0), strict=True):
        line.rect.r_x1 = line.rect.r_x2 = line.rect.r_x0 + width * len(line.text)
        line.rect.r_y2 = line.rect.r_y3 = line.rect.r_y0 - 5
    page = page_of(lines)
    mark_choices(page, BoxFinder(gray, SCALE))
    assert texts(page) == ["[ ] Wrong measurement", "[ ] illicit fill"]


def test_the_mark_in_a_box_is_no_text_of_its_own() -> None:
    page = page_of([cell("\u2715", 42, 50), cell("Repair", 56, 50)])
    mark_choices(page, BoxFinder(draw(paper(), 40, 50, 50, 60, cross=True), SCALE))
    assert texts(page) == ["[x] Repair"]


@pytest.mark.parametrize(("sign", "said"), [("\u2610", "[ ]"), ("\u2611", "[x]"), ("\u2612", "[x]")])
def test_a_typed_box_is_read_like_a_drawn_one(sign: str, said: str) -> None:
    page = page_of([cell(sign, 42, 50), cell("Repair", 56, 50)])
    mark_choices(page, BoxFinder(paper(), SCALE))
    assert texts(page) == [f"{said} Repair"]


def test_neither_a_grid_nor_a_letter_in_a_box_nor_a_filled_square_is_a_check_box() -> None:
    gray = draw(draw(draw(paper(), 40, 40, 50, 50), 40, 50, 50, 60), 40, 60, 50, 70)  # a column of cells
    draw(gray, 40, 90, 50, 100)
    gray[260:280, 80:100] = 0
    lines = [cell("In a grid", 56, 50), cell("A", 43, 90), cell("Key", 56, 90), cell("Bar", 56, 130)]
    page = page_of(lines)
    mark_choices(page, BoxFinder(gray, SCALE))
    assert texts(page) == ["In a grid", "A", "Key", "Bar"]


def test_a_read_line_loses_what_was_read_of_the_box() -> None:
    gray = draw(draw(paper(), 40, 50, 50, 60, cross=True), 40, 70, 50, 80)
    lines: tuple[TextLine, ...] = (read("\u56de Repair", 39, 50, 100), read("Renewal", 55, 70, 100))
    found = mark_read_choices(lines, BoxFinder(gray, SCALE))
    assert [line.text for line in found] == ["[x] Repair", "[ ] Renewal"]
    assert found[1].corners[0][0] == pytest.approx(40, abs=1)


def test_a_letter_of_the_next_column_is_no_check_box() -> None:
    gray = draw(paper(), 40, 52, 47, 59, cross=True)
    lines = [cell("the old mill", -12, 50), cell("beyond the parish", 56, 50)]
    page = page_of(lines)
    mark_choices(page, BoxFinder(gray, SCALE))
    assert texts(page) == ["the old mill", "beyond the parish"]


@pytest.mark.parametrize(
    ("text", "side", "said"),
    [
        ("By midsummer", 8, "By midsummer"),
        ("By midsummer", 9, "[x] By midsummer"),
        ("\u56fd\u5bb6\u7684\u7ecf\u6d4e", 9, "\u56fd\u5bb6\u7684\u7ecf\u6d4e"),
        ("\u53e3 Repair", 8, "[x] Repair"),
        ("] Repair", 9, "[x] Repair"),
    ],
)
def test_what_stands_in_a_read_line_is_its_first_letter_or_a_box(text: str, side: float, said: str) -> None:
    gray = draw(paper(), 40, 60 - side, 40 + side, 60, cross=True)
    (found,) = mark_read_choices((read(text, 39, 50, 100),), BoxFinder(gray, SCALE))
    assert found.text == said


def test_a_small_box_below_another_one_is_a_box() -> None:
    gray = draw(draw(paper(), 40, 52, 48, 60, cross=True), 40, 71, 50, 81)
    found = mark_read_choices((read("Repair", 39, 50, 100), read("Renewal", 54, 70, 100)), BoxFinder(gray, SCALE))
    assert [line.text for line in found] == ["[x] Repair", "[ ] Renewal"]
