"""Words put into cells: by overlap, in reading order, in both directions."""

from dataclasses import replace

from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.light_layout.match import LayoutWord, fill, read


def word(text: str, left: float, top: float, width: float = 20, height: float = 8) -> LayoutWord:
    return LayoutWord(text, Box(left, top, left + width, top + height))


def grid(columns: int) -> TableStructure:
    cells = tuple(TableCell(0, c, 1, 1, False, Box(100 * c, 0, 100 * c + 100, 40)) for c in range(columns))
    return TableStructure(Box(0, 0, 100 * columns, 40), 1.0, 1, columns, cells)


def test_a_word_goes_to_the_cell_that_covers_most_of_it_or_is_nearest() -> None:
    filled = fill(grid(2), [word("most", 85, 5, 30), word("far", 210, 5), word("left", 5, 5)])
    assert [(cell.cell.column, cell.text) for cell in filled] == [(0, "left most"), (1, "far")]


def test_lines_of_a_cell_are_read_from_top_to_bottom() -> None:
    assert read([word("second", 0, 20), word("first", 0, 0), word("line", 30, 1)]) == "first line second"


def test_pieces_of_one_word_are_not_set_apart() -> None:
    assert read([word("/", 20, 0, 4), word("1403", 0, 0, 20), word("09", 24, 0, 10)]) == "1403/09"


def test_right_to_left_columns_and_words_are_read_from_the_right() -> None:
    words = [word("اول", 170, 5), word("دوم", 140, 5), word("سوم", 60, 5), word("12", 30, 5), word("kg", 5, 5)]
    filled = fill(grid(2), words)
    assert sorted((cell.cell.column, cell.text) for cell in filled) == [(0, "اول دوم"), (1, "سوم kg 12")]


def test_text_that_runs_up_the_page_is_read_upward() -> None:
    assert read([word("Authority", 10, 0, 8, 40), word("No", 10, 45, 8, 16)]) == "No Authority"


def test_a_raised_mark_is_set_apart_from_the_number_that_it_touches() -> None:
    raised = LayoutWord("2", Box(20, -1, 23, 4))
    assert read([word("24.91", 0, 0), raised]) == "24.91 2"
    assert read([word("24.91", 0, 0), LayoutWord("2", Box(20, 0, 24, 8))]) == "24.912"  # one number in two pieces
    assert read([word("H", 0, 0, 5), LayoutWord("2", Box(5, 4, 8, 9)), word("O", 8, 0, 5)]) == "H2O"  # a lowered one


def test_a_raised_letter_is_set_apart_from_an_amount_but_not_from_a_short_number() -> None:
    raised = LayoutWord("a", Box(20, -3, 23, 4))
    assert read([word("24.91", 0, 0), raised]) == "24.91 a"
    assert read([word("1", 15, 0), raised]) == "1a"
    assert read([word("24.91", 0, 0), replace(raised, box=Box(20, 1, 23, 8))]) == "24.91a"


def test_a_word_broken_over_two_lines_of_a_cell_is_joined() -> None:
    assert read([word("infor-", 0, 0), word("mation", 0, 10)]) == "information"
    assert read([word("long-", 0, 0), word("term", 0, 10)]) == "long-term"


def test_texts_side_by_side_whose_lines_stand_at_different_heights_are_read_one_after_the_other() -> None:
    left = [word("Name", 0, 0), word("of", 22, 0, 8), word("the", 0, 9), word("ship", 22, 9)]
    right = [word("Home", 60, 4), word("port", 82, 4), word("since", 60, 13)]
    assert read([*left, *right]) == "Name of the ship Home port since"
    assert read([*left, word("Home", 60, 0), word("port", 60, 9)]) == "Name of Home the ship port"  # level: two rows


def test_a_label_beside_the_middle_of_two_lines_is_read_in_its_place() -> None:
    words = [word("Oak:", 0, 4.5), word("RED", 40, 0), word("MAPLE:", 40, 9), word("Elm:", 80, 4.5)]
    assert read(words) == "Oak: RED MAPLE: Elm:"


def test_numbers_level_with_names_are_read_with_them() -> None:
    words = [word("Wind", 0, 0), word("719", 60, 0), word("Rain", 0, 9), word("68.4", 60, 9)]
    assert read([*words, word("Ridge", 120, 4.5)]) == "Wind 719 Rain 68.4 Ridge"


def test_a_text_that_begins_above_those_side_by_side_goes_on_in_the_first() -> None:
    words = [word("a", 0, 0, 5), word("moun-", 7, 0), word("tain", 0, 9), word("stream", 22, 9)]
    lower = [word("in", 0, 18, 10), word("spring", 12, 18), word("Yes", 80, 13.5)]
    assert read([*words, *lower]) == "a mountain stream in spring Yes"


def test_a_box_to_check_beside_two_lines_does_not_make_them_one() -> None:
    box = LayoutWord("[ ]", Box(0, 3, 10, 13))
    lines = [word("plant", 12, 0), word("trees", 34, 0), word("along", 12, 8.5), word("roads", 34, 8.5)]
    assert read([box, *lines]) == "[ ] plant trees along roads"
    assert read([*lines, replace(box, box=Box(56, 3, 66, 13))]) == "plant trees along roads [ ]"
    beside = [replace(w, box=replace(w.box, left=w.box.left + 70, right=w.box.right + 70)) for w in (box, *lines)]
    assert read([box, *lines, *beside]) == "[ ] plant trees along roads [ ] plant trees along roads"


def test_lines_of_high_boxes_are_told_apart_where_words_stand_above_each_other() -> None:
    words = [word("upper", 0, 0, 20, 14), word("line", 22, 0, 20, 14), word("lower", 0, 6, 20, 14)]
    assert read(words) == "upper line lower"


def test_rows_of_high_boxes_are_read_across() -> None:
    words = [word("lead", 0, 0, 20, 14), word("heavy", 40, 0, 20, 14), word("cork", 0, 8, 20, 14)]
    assert read([*words, word("light", 40, 8, 20, 14)]) == "lead heavy cork light"


def test_a_raised_mark_above_a_lowered_one_makes_no_second_line() -> None:
    marks = [LayoutWord("2", Box(5, -1, 8, 4)), LayoutWord("i", Box(5, 4, 8, 9))]
    assert read([word("x", 0, 0, 5), *marks, word("+", 9, 0, 5)]) == "x 2i +"
