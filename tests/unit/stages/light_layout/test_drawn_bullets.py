"""Bullets that are drawn: spots of ink in front of lines."""

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box
from pipeline.stages.light_layout.drawn_bullets import with_drawn_bullets
from pipeline.stages.light_layout.lines import LayoutLine
from tests.support.layout_pages import line

SCALE = 2.0


def page(*spots: tuple[float, float, float], ring: bool = False, paper: int = 255) -> NDArray[np.uint8]:
    """The part of a page of ``paper`` that is looked at, with round spots of ink: middle and radius in points."""
    gray = np.full((int(160 * SCALE), int(200 * SCALE)), paper, dtype=np.uint8)
    ys, xs = np.mgrid[: gray.shape[0], : gray.shape[1]] / SCALE
    for x, y, radius in spots:
        distance = np.hypot(xs - x, ys - y)
        gray[(distance <= radius) & (distance >= (0.6 * radius if ring else 0))] = 255 - paper
    return gray


def marked(lines: list[LayoutLine], gray: NDArray[np.uint8]) -> list[str]:
    return [one.text for one in with_drawn_bullets(lines, gray, SCALE) if one.bulleted]


def test_lines_behind_drawn_bullets_are_items_and_their_further_lines_are_not() -> None:
    lines = [line("one thing to do", 80, 100), line("on two lines", 80, 114), line("another", 80, 128)]
    for ring, paper in ((False, 255), (True, 255), (False, 0)):
        gray = page((70, 105, 2), (70, 133, 2), ring=ring, paper=paper)
        assert marked(lines, gray) == ["one thing to do", "another"]


def test_a_lone_spot_and_spots_unlike_bullets_are_dirt() -> None:
    lines = [line("some words", 80, 100), line("other words", 80, 114), line("last words", 80, 128)]
    assert marked(lines, page((70, 105, 2))) == []
    assert marked(lines, page((70, 105, 8), (70, 133, 8))) == [], "a drawing"
    assert marked(lines, page((70, 100, 1.5), (70, 128, 1.5))) == [], "high above the line's middle"
    assert marked(lines, page((70, 105, 2), (62, 105, 2), (70, 133, 2), (62, 133, 2))) == [], "a row of dots"


def test_a_spot_between_the_columns_of_text_marks_nothing() -> None:
    lines = [line("left words", 20, 100), line("right words", 80, 100), line("left", 20, 114), line("right", 80, 114)]
    assert marked(lines, page((72, 105, 2), (72, 119, 2))) == []


def test_a_line_that_was_read_may_begin_at_its_bullet() -> None:
    lines = [LayoutLine("a thing that was read", Box(66, top, 190, top + 10)) for top in (100.0, 114.0)]
    gray = page((70, 105, 2), (70, 119, 2))
    for top in (100, 114):
        gray[int(top * SCALE) : int((top + 10) * SCALE) : 2, int(80 * SCALE) : int(190 * SCALE)] = 0
    assert marked(lines, gray) == ["a thing that was read", "a thing that was read"]


def test_the_bullets_of_lines_that_run_leftward_stand_at_their_right() -> None:
    lines = [line("\u05e1\u05e4\u05e8\u05d9 \u05d9\u05dc\u05d3\u05d9\u05dd", 80, top) for top in (100, 114)]
    edge = lines[0].box.right + 10
    assert len(marked(lines, page((edge, 105, 2), (edge, 119, 2)))) == 2


def test_a_bullet_is_measured_by_its_letters_where_their_font_says_that_they_are_half_as_high() -> None:
    lines = [line(text, 80, top, height=4.5, pitch=6) for text, top in (("one thing to do", 106), ("another", 134))]
    gray = page((70, 105, 2), (70, 133, 2), ring=True)
    assert marked(lines, gray) == ["one thing to do", "another"]


def test_a_bullet_is_seen_though_the_boxes_of_the_lines_around_it_overlap_a_little() -> None:
    lines = [LayoutLine("a thing that was read", Box(66, top, 190, top + 16)) for top in (97.0, 111.0)]
    gray = page((70, 105, 2), (70, 119, 2))
    for top in (100, 114):
        gray[int(top * SCALE) : int((top + 10) * SCALE) : 2, int(80 * SCALE) : int(190 * SCALE)] = 0
    assert len(marked(lines, gray)) == 2


def test_the_first_letter_of_a_read_line_is_no_bullet() -> None:
    lines = [LayoutLine("a thing that was read", Box(66, top, 190, top + 10)) for top in (100.0, 114.0)]
    for radius, far, bullets in ((2.6, 76, 0), (2.6, 80, 2), (1.5, 76, 2)):
        gray = page((70, 105, radius), (70, 119, radius))
        for top in (100, 114):
            gray[int(top * SCALE) : int((top + 10) * SCALE) : 2, int(far * SCALE) : int(190 * SCALE)] = 0
        assert len(marked(lines, gray)) == bullets


def read_items(tops: tuple[float, ...] = (100, 114)) -> list[LayoutLine]:
    return [LayoutLine("2 a thing that was read", Box(66, top, 190, top + 10)) for top in tops]


def drawn_text(gray: NDArray[np.uint8], tops: tuple[float, ...] = (100, 114)) -> NDArray[np.uint8]:
    for top in tops:
        gray[int(top * SCALE) : int((top + 10) * SCALE) : 2, int(80 * SCALE) : int(190 * SCALE)] = 0
    return gray


def test_an_item_is_seen_below_a_line_that_begins_further_left_and_reaches_into_its_box() -> None:
    above = LayoutLine("the line that the items explain", Box(20, 92, 190, 102))
    gray = drawn_text(page((70, 107, 2), (70, 121, 2)), (102, 116))
    assert len(marked([above, *read_items(tops=(101, 115))], gray)) == 2


def test_a_number_that_stands_apart_from_a_read_line_is_no_bullet_but_numbers_it() -> None:
    gray = drawn_text(page())
    for top in (102, 116):
        gray[int(top * SCALE) : int((top + 6) * SCALE), int(69 * SCALE) : int(73 * SCALE)] = 0
    found = with_drawn_bullets(read_items(), gray, SCALE)
    assert [(one.bulleted, one.numbered) for one in found] == [(False, True)] * 2


def dashes(width: float, thick: float, end: float, *tops: float) -> NDArray[np.uint8]:
    """Dashes that end at ``end`` before the text of two read lines, and the ink of that text."""
    gray = page()
    for top in (100, 114):
        gray[int(top * SCALE) : int((top + 10) * SCALE) : 2, int(80 * SCALE) : int(190 * SCALE)] = 0
    for place in tops:
        middle = (place + 5) * SCALE
        gray[int(middle) : int(middle + thick * SCALE), int((end - width) * SCALE) : int(end * SCALE)] = 0
    return gray


def test_dashes_before_read_lines_are_bullets_and_a_minus_a_rule_and_a_stroke_are_none() -> None:
    lines = [LayoutLine("a thing that was read", Box(80, top, 190, top + 10)) for top in (100.0, 114.0)]
    assert len(marked(lines, dashes(6, 1, 75, 100, 114))) == 2
    assert marked(lines, dashes(6, 1, 79.5, 100, 114)) == [], "close to its figure"
    assert marked(lines, dashes(14, 1, 75, 100, 114)) == [], "as long as a rule"
    assert marked(lines, dashes(6, 3, 75, 100, 114)) == [], "too thick"
    assert marked(lines, dashes(6, 1, 75, 100)) == [], "alone on its page"
    assert marked([line("not a scan at all", 80, top) for top in (100, 114)], dashes(6, 1, 75, 100, 114)) == []


def test_a_small_bar_before_native_text_is_a_bullet_and_no_dash() -> None:
    lines = [line("one thing to do", 80, 100), line("another", 80, 128)]
    gray = page()
    for top in (100, 128):
        gray[int((top + 4) * SCALE) : int((top + 6) * SCALE), int(67.5 * SCALE) : int(70.5 * SCALE)] = 0
    assert marked(lines, gray) == ["one thing to do", "another"]
