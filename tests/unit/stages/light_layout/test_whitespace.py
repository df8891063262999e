"""Tables from white space alone."""

from collections.abc import Mapping, Sequence

import pytest

from pipeline.pages import Box, TableStructure
from pipeline.stages.light_layout.contents_entries import contents_structure, without_leaders
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import words

BOX = Box(50, 90, 400, 300)


def table(rows: Sequence[tuple[float, Mapping[float, str]]]) -> tuple[TableStructure | None, list[LayoutWord]]:
    placed = [word for top, cells in rows for left, text in cells.items() for word in words(text, left, top)]
    return structure(placed, BOX), placed


def texts(found: TableStructure, placed: list[LayoutWord]) -> list[tuple[int, int, int, str]]:
    return [(f.cell.row, f.cell.column, f.cell.column_span, f.text) for f in fill(found, placed)]


def test_gutters_make_columns() -> None:
    found, placed = table(
        [(100, {60: "one day", 200: "two"}), (118, {60: "three", 200: "four or"}), (136, {60: "five", 200: "six"})]
    )
    assert found is not None
    assert texts(found, placed) == [
        (0, 0, 1, "one day"),
        (0, 1, 1, "two"),
        (1, 0, 1, "three"),
        (1, 1, 1, "four or"),
        (2, 0, 1, "five"),
        (2, 1, 1, "six"),
    ]


def test_lines_closer_than_rows_belong_to_one_cell() -> None:
    found, placed = table(
        [
            (100, {60: "one", 200: "two and"}),
            (112, {200: "more"}),
            (140, {60: "three", 200: "four"}),
            (168, {60: "five", 200: "six"}),
        ]
    )
    assert found is not None
    assert [text for _, _, _, text in texts(found, placed)] == ["one", "two and more", "three", "four", "five", "six"]


def test_without_larger_gaps_a_row_begins_in_the_first_column() -> None:
    found, placed = table([(100, {60: "one", 200: "two and"}), (114, {200: "more"}), (128, {60: "three", 200: "four"})])
    assert found is not None
    assert [text for _, _, _, text in texts(found, placed)] == ["one", "two and more", "three", "four"]


def test_a_heading_over_columns_spans_them() -> None:
    rows = [(100.0, {60.0: "a heading that runs over both of the columns"})]
    rows += [(118.0 + 18 * n, {60.0: f"left {n}", 200.0: f"right {n}"}) for n in range(9)]
    found, placed = table(rows)
    assert found is not None
    assert texts(found, placed)[0] == (0, 0, 2, "a heading that runs over both of the columns")


def test_bullets_are_no_column() -> None:
    assert table([(100 + 18 * n, {60: "-", 80: f"some words of the item {n}"}) for n in range(4)])[0] is None


def test_contents_have_a_title_and_the_last_word_as_page() -> None:
    placed = [*words("One thing . . . . 3", 60, 100), *words("Another . . . . . . 12", 60, 120)]
    found = contents_structure(placed, BOX)
    assert found is not None
    assert [f.text for f in fill(found, placed)] == ["3", "One thing . . . .", "12", "Another . . . . . ."]


def test_an_entry_of_contents_may_run_over_two_lines_or_have_no_page() -> None:
    placed = [
        *words("Part One", 60, 100),
        *words("A title that is longer than the", 60, 120),
        *words("column is wide 3", 70, 134),
        *words("Another 12", 60, 150),
    ]
    found = contents_structure(placed, BOX)
    assert found is not None
    filled = sorted(fill(found, placed), key=lambda f: (f.cell.row, f.cell.column))
    assert [(f.text, f.cell.column_span) for f in filled] == [
        ("Part One", 2),
        ("A title that is longer than the column is wide", 1),
        ("3", 1),
        ("Another", 1),
        ("12", 1),
    ]
    assert [cell.box.left for cell in found.cells if cell.box is not None and cell.column == 0] == [60, 60, 60]


def test_leaders_go_and_full_stops_stay() -> None:
    texts = [
        "No.",
        "Method",
        "......",
        "....4",
        "Results....",
        "…",
        "7",
        "Its care .",
        "Oaks..",
        ".9",
        "Oak etc.",
    ]
    words = [LayoutWord(text, Box(10 * n, 0, 10 * n + 8, 10)) for n, text in enumerate(texts)]
    found = without_leaders(words)
    read = ["Its care", "Oaks", "9", "Oak etc."]
    assert [word.text for word in found] == ["No.", "Method", "4", "Results", "7", *read]
    assert found[2].box.left == 30 + 8 * 4 / 5


def test_rows_by_text_in_the_first_column_ignore_the_gaps() -> None:
    rows: list[tuple[float, dict[float, str]]] = [
        (100, {60: "apples", 200: "red"}),
        (111, {60: "pears", 200: "green"}),
        (140, {60: "plums", 200: "blue"}),
    ]
    placed = [word for top, cells in rows for left, text in cells.items() for word in words(text, left, top)]
    by_gaps, by_first = structure(placed, BOX), structure(placed, BOX, by_gaps=False)
    assert by_gaps is not None
    assert by_first is not None
    assert (by_gaps.rows, by_first.rows) == (2, 3)


def test_heads_over_several_columns_and_signs_in_columns_of_their_own() -> None:
    columns: tuple[dict[float, str], ...] = (
        {60: "Revenue", 196: "$", 250: "6,704", 296: "$", 350: "7,913"},
        {60: "Cost", 250: "2,117", 350: "2,402"},
        {60: "Profit", 250: "4,587", 350: "5,511"},
        {60: "Tax", 250: "1,193", 350: "1,402"},
        {60: "Income", 196: "$", 250: "1,711", 296: "$", 350: "3,078"},
    )
    heads: list[tuple[float, dict[float, str]]] = [
        (84.0, {250: "Quarter Ended"}),
        (100.0, {200: "January, 2052", 300: "January, 2051"}),
    ]
    found, placed = table([*heads, *((120.0 + 16 * n, row) for n, row in enumerate(columns))])
    assert found is not None
    assert (found.rows, found.columns) == (7, 5)
    filled = {(row, column): (span, text) for row, column, span, text in texts(found, placed)}
    assert filled[0, 1] == (4, "Quarter Ended")
    assert (filled[1, 1], filled[1, 3]) == ((2, "January, 2052"), (2, "January, 2051"))
    assert [filled[2, column][1] for column in range(5)] == ["Revenue", "$", "6,704", "$", "7,913"]
    assert [cell.header for cell in found.cells if cell.row in (1, 2)] == [True] * 3 + [False] * 5


def test_totals_without_a_text_in_the_first_column_are_rows_of_their_own() -> None:
    rows: list[tuple[float, dict[float, str]]] = [
        *((100.0 + 20 * n, {60.0: f"item {n}", 200.0: "3 pieces", 330.0: f"{n}7.50"}) for n in range(4)),
        (186, {200: "Tax", 330: "9"}),
        (202, {200: "All", 330: "80"}),
    ]
    found, placed = table(rows)
    assert found is not None
    assert [text for row, _, _, text in texts(found, placed) if row >= 4 and text] == ["Tax", "9", "All", "80"]


def test_a_column_of_numbers_under_a_short_head_is_a_column() -> None:
    rows: list[tuple[float, dict[float, str]]] = [
        (100, {60: "No", 90: "Name", 200: "Cost"}),
        *((120.0 + 20 * n, {60.0: str(n), 90.0: f"thing {n}", 200.0: f"{n}50"}) for n in range(1, 5)),
    ]
    found, placed = table(rows)
    assert found is not None
    assert (found.columns, texts(found, placed)[3][3]) == (3, "1")


def test_heads_closer_together_than_gutters_part_the_columns_below_and_are_a_row() -> None:
    rows: list[tuple[float, dict[float, str]]] = [
        (100, {66: "Part", 108: "Load (books)", 176: "Speed (people)"}),
        *((112.0 + 20 * n, {60.0: f"Oak {n}", 130.0: "430.9", 205.0: "22.7"}) for n in range(4)),
    ]
    found, placed = table(rows)
    assert found is not None
    assert (found.rows, found.columns) == (5, 3)
    assert [text for row, _, _, text in texts(found, placed) if row == 0] == ["Part", "Load (books)", "Speed (people)"]
    assert [cell.header for cell in found.cells[:4]] == [True, True, True, False]


def test_a_leader_within_a_word_parts_it() -> None:
    (word,) = words("season...............12", 100, 100)
    assert [part.text for part in without_leaders([word])] == ["season", "12"]
    (address,) = words("www.example...com", 100, 100)
    assert without_leaders([address]) == [address]


def test_close_heads_show_columns_of_which_few_cells_are_filled() -> None:
    heads: dict[float, str] = {60: "Stall", 146: "Hall", 175: "Room 2", 214: "Yard 5", 255: "Note"}
    rows: list[dict[float, str]] = [
        {60: "wooden bowls", 146: "8.00"},
        {60: "honey", 175: "9.00"},
        {60: "rope", 214: "9.30", 255: "late"},
    ]
    rows += [{60: "old maps", 146: "9.40"}, {60: "wool", 175: "9.50"}, {60: "seeds", 146: "9.55", 255: "dry"}]
    found, placed = table([(100.0 + 18 * n, row) for n, row in enumerate([heads, *rows])])
    assert found is not None
    said = texts(found, placed)
    assert [text for row, *_, text in said if row == 0] == ["Stall", "Hall", "Room 2", "Yard 5", "Note"]
    assert {(row, column) for row, column, _, text in said if text in ("9.00", "9.50")} == {(2, 2), (5, 2)}
    loose, _ = table([(100.0 + 18 * n, row) for n, row in enumerate([{60.0: "Stall Hall Room Yard"}, *rows])])
    assert loose is None or loose.columns < 5


def test_heads_too_wide_for_their_columns_are_one_each() -> None:
    body: list[tuple[float, dict[float, str]]] = [
        (136 + 13 * n, {60: f"{n}a", 120: "31.4", 160: "8.2", 200: "24.7", 240: "9.9"}) for n in range(10)
    ]
    heads: dict[float, str] = {60: "Year", 112: "First", 140: "Second", 192: "First", 220: "Second"}
    found, placed = table([(118, heads), *body])
    assert found is not None
    assert [text for row, _, span, text in texts(found, placed) if row == 0 and span == 1] == [*heads.values()]


@pytest.mark.parametrize(
    ("names", "heads", "spans"),
    [
        (("one", "two") * 3, {145.0: "Wet", 276.0: "Dry months"}, [(1, 2, "Wet"), (3, 4, "Dry months")]),
        (("one", "two", "six") * 2, {170.0: "Wet", 320.0: "Dry"}, [(1, 3, "Wet"), (4, 3, "Dry")]),
    ],
    ids=["over a gutter", "over the middle one of three"],
)
def test_heads_stand_in_the_middle_over_all_that_they_reach_over(
    names: tuple[str, ...], heads: dict[float, str], spans: list[tuple[int, int, str]]
) -> None:
    leaves = {60.0: "Kind"} | {120.0 + 50 * n: name for n, name in enumerate(names)}
    body = [(154.0 + 13 * n, {left: (f"k{n}" if left == 60 else f"{n}1.5") for left in leaves}) for n in range(10)]
    found, placed = table([(118, heads), (136, leaves), *body])
    assert found is not None
    assert [(column, span, text) for row, column, span, text in texts(found, placed) if row == 0 and text] == spans
