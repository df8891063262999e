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
