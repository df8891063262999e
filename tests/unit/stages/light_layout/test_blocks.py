"""Running text and table cells on scans, where the boxes of lines are higher than their ink."""

from dataclasses import replace

from pipeline.pages import Box
from pipeline.stages.letter_height import letter_box
from pipeline.stages.light_layout.blocks import (
    inked,
    paragraphs,
    prose,
    rows,
    shown_line_gap,
    with_ends,
    with_stretched,
)
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import line

NARROW = ("A brown dog with a white foot,", "near the mill. Answers to Bran", "and may be wet. Please ring.")


def test_narrow_columns_of_a_scan_are_running_text_as_those_of_a_print_are() -> None:
    printed = [line(text, 60, 100 + 12 * n, height=9, pitch=4.4) for n, text in enumerate(NARROW)]
    read = [
        replace(one, box=replace(one.box, top=one.box.top - 3, bottom=one.box.bottom + 3), words=()) for one in printed
    ]
    assert [len(group) for group in prose(printed)] == [3]
    assert [len(group) for group in prose(read)] == [3]
    labels = [replace(one, box=replace(one.box, right=one.box.left + 60)) for one in read]
    assert prose(labels) == []


def test_points_at_the_right_end_the_question_whose_first_line_left_no_room_for_the_next_word() -> None:
    upper = line("Explain in a few sentences why willows are dangerous", 60, 100)
    lower, points = line("before the roots reach the core.", 70, 114), line("(10 points)", 290, 114)
    edge = points.box.right
    for room, count in ((12.0, 2), (60.0, 3)):
        first = replace(upper, box=replace(upper.box, right=edge - room))
        assert len(with_ends(rows([first, lower, points]))) == count


def test_the_ink_of_read_words_shows_gutters_that_their_boxes_hide() -> None:
    rows = (("Grant", "95", "Gate", "120"), ("Own funds", "60", "Fees", "65"), ("Rest", "12", "Oil", "7"))
    lefts = (43, 188, 218, 358)
    words = [
        LayoutWord(text, Box(left, 100 + 15 * n, left + 19 * len(text) ** 0.5, 117 + 15 * n))
        for n, row in enumerate(rows)
        for left, text in zip(lefts, row, strict=True)
    ]
    words = [
        replace(word, box=replace(word.box, right=207)) if word.text in ("95", "60", "12") else word for word in words
    ]
    box = Box(40, 98, 400, 150)
    hidden, shown = structure(words, box), structure([replace(word, box=inked(word.box)) for word in words], box)
    assert (hidden and hidden.columns, shown and shown.columns) == (3, 4)
    assert inked(Box(0, 0, 10, 10)) == Box(0, 1.9, 10, 8.1)


def test_a_space_in_fixed_pitch_is_no_gutter_though_the_font_says_that_its_letters_are_low() -> None:
    rows = (("2 x Bread", "5.80"), ("Milk 1 l", "1.25"), ("Apples 1.2 kg", "3.60"))
    low = [
        LayoutWord(word, Box(left + 5.4 * at, 100 + 11 * n, left + 5.4 * (at + len(word)), 104 + 11 * n))
        for n, row in enumerate(rows)
        for text, left in zip(row, (20, 170), strict=True)
        for word, at in ((part, text.index(part)) for part in text.split())
    ]
    high = [replace(word, box=letter_box(word.box, word.text, 5.4, word.box.height)) for word in low]
    box = Box(15, 95, 200, 130)
    found = [structure(words, box) for words in (low, high)]
    assert [grid and grid.columns for grid in found] == [3, 2]


def test_chinese_and_japanese_are_set_with_more_white_between_lines() -> None:
    def groups(said: str, gap: float) -> int:
        return len(paragraphs([line(said, 60, 100 + (10 + gap) * number, pitch=10) for number in range(3)]))

    assert [groups("峠の茶屋が店を閉めてから、村に残った", gap) for gap in (10, 12, 14)] == [1, 1, 3]
    assert groups("the tea house on the pass has closed", 10) == 3


WIDE = "some words that fill one whole line of running text here that is wide enough"


def test_the_lines_of_a_page_show_how_far_apart_those_of_a_paragraph_are() -> None:
    """Two paragraphs of a page set with one and a half line spaces, and two of one whose lines are close."""

    def groups(pitch: float, between: float, text: str = WIDE) -> list[int]:
        tops = [100 + pitch * n + between * (n > 3) for n in range(8)]
        lines = [line(text, 60, top) for top in tops]
        return [len(group) for group in paragraphs(lines, shown_line_gap(lines))]

    assert groups(pitch=20, between=8) == [4, 4]
    assert groups(pitch=14, between=6) == [4, 4]
    assert groups(pitch=32, between=0) == [1] * 8, "entries far apart"
    assert groups(pitch=20, between=8, text="a short entry") == [1] * 8
    few = [line(WIDE, 60, 100 + 20 * n) for n in range(4)]
    assert [len(group) for group in paragraphs(few, shown_line_gap(few))] == [1] * 4


def stretched(*lefts: float) -> list[str]:
    """What the rows say of four words that begin at ``lefts``, 30 points wide each, below a line up to 360 points."""
    words = [replace(line("rope", left, 114), box=Box(left, 114, left + 30, 124)) for left in lefts]
    upper = replace(line("some words that fill the line", 60, 100), box=Box(60, 100, 360, 110))
    return [row.text for row in with_stretched(rows([upper, *words]))][1:]


def test_words_that_stand_equally_far_apart_up_to_the_edge_are_one_line() -> None:
    assert stretched(60, 150, 240, 330) == ["rope rope rope rope"]


def test_words_at_uneven_distances_or_before_the_edge_are_cells() -> None:
    assert stretched(60, 150, 245, 330) == ["rope"] * 4
    assert stretched(60, 140, 220, 300) == ["rope"] * 4
    assert stretched(60, 330) == ["rope"] * 2, "a single gap is even by nature"


def test_cells_of_several_words_are_no_stretched_line() -> None:
    cells = [replace(line("old rope", left, 114), box=Box(left, 114, left + 30, 124)) for left in (60, 195, 330)]
    assert len(with_stretched(rows(cells))) == 3
