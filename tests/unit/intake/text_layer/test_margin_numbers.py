"""The numbers beside the lines of a manuscript are set apart from them, and no others."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake import cells
from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.margin_numbers import part_margin_numbers
from pipeline.pages import Box

STORY = (
    "The ferry leaves the northern quay at nine and carries lamps and salt",
    "to the three villages behind the point. In autumn it goes on Tuesdays",
    "and Fridays only, when the wind allows it. Whoever has goods to send",
    "brings them the evening before, because the crew loads at first light",
    "and nobody waits for a cart that is late. The fare is two coins for a",
    "person and one for a bundle; children who are carried pay nothing.",
)
BIBLIOGRAPHY = ("[4] Penn, A. Tides of the Pellam Sound. Ostrin Press", "[5] Marsh, B. Lamps. The Quay, 1931, p. 14")
HEADED = "Crossing"


def drawn(
    path: Path,
    rows: Sequence[str],
    numbers: Sequence[str],
    *,
    size: float = 10,
    left: float = 100,
    at: float = 70,
    top: float = 700,
    pitch: float = 0,
    canvas: Canvas | None = None,
) -> Canvas:
    """Rows of text, 14 points each, with ``numbers`` beside them that end at ``at``, as far apart as the rows are or
    ``pitch`` points.
    """
    canvas = canvas or Canvas(str(path))
    canvas.setFont("Times-Roman", 10)
    for place, row in enumerate(rows):
        canvas.drawString(left, top - 14 * place, row)
    canvas.setFont("Helvetica", size)
    for place, number in enumerate(numbers):
        canvas.drawRightString(at, top - (pitch or 14) * place, number)
    return canvas


def parted(canvas: Canvas, path: Path) -> tuple[list[str], list[tuple[int, int]]]:
    """The lines that stand in no column of numbers, from top to bottom, and from where to where the columns reach."""
    canvas.save()
    page = cells.parse_page(cells.load(str(path), ""), 1)
    columns = part_margin_numbers(page)
    lines = sorted(page.textline_cells, key=lambda cell: (-round(cell.rect.r_y0), cell.rect.r_x0))
    assert [cell.index for cell in page.textline_cells] == list(range(len(lines)))
    height = page.dimension.height
    boxes = [Box(left, height - top, right, height - bottom) for left, bottom, right, top in boxes_of(lines)]
    inside = [any(column.holds_middle(box) for column in columns) for box in boxes]
    places = [(round(column.left), round(column.right)) for column in columns]
    return [cell.text for cell, within in zip(lines, inside, strict=True) if not within], places


def counted(first: int, count: int, step: int = 1) -> list[str]:
    """Numbers of lines, of which each ``step``th has one."""
    return [str(number) if number % step == 0 else "" for number in range(first, first + count)]


@pytest.mark.parametrize(
    ("size", "left", "at", "first", "step"),
    [
        (6, 100, 70, 1, 1),
        (10, 100, 88, 95, 1),
        (6, 100, 70, 1, 5),
        (6, 100, 470, 998, 1),
        (10, 90, 80, 1, 1),
    ],
    ids=["small", "of the text's size, over a hundred", "every fifth", "at the right", "two spaces away"],
)
def test_the_numbers_of_lines_are_cells_of_their_own(
    tmp_path: Path, size: float, left: float, at: float, first: int, step: int
) -> None:
    path, rows = tmp_path / "a.pdf", [HEADED, *STORY, *STORY, *STORY, *STORY]
    canvas = drawn(path, rows, counted(first, len(rows), step), size=size, left=left, at=at)
    lines, columns = parted(canvas, path)
    assert lines == rows
    ((start, end),) = columns
    assert start < end == at


def test_a_short_last_page_has_small_numbers(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", STORY[1:6]
    assert parted(drawn(path, rows, counted(301, 5), size=6), path)[0] == list(rows)
    full = parted(drawn(path, rows, counted(301, 5)), path)
    assert full[1] == []


def test_numbers_that_count_the_lines_of_the_page_need_no_line_beside_them(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", [*BIBLIOGRAPHY * 18]
    for first in (1, 148):
        assert parted(drawn(path, rows, counted(first, 24), size=6, pitch=21), path)[0] == rows


def test_numbers_as_high_as_the_text_count_the_lines_of_a_later_page(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", [*BIBLIOGRAPHY * 18]
    assert parted(drawn(path, rows, counted(393, 24), pitch=21), path)[0] == rows
    assert parted(drawn(path, rows, counted(1, 24), pitch=21), path)[1] == []


def test_the_second_column_of_text_has_its_numbers_in_the_gutter_or_at_the_right(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", [row[:34] for row in (*STORY, *STORY)]
    for at in (300, 500):
        canvas = drawn(path, rows, counted(1, 12), size=6, left=90, at=80)
        drawn(path, rows, counted(13, 12), size=6, left=310, at=at, canvas=canvas)
        lines, columns = parted(canvas, path)
        assert sorted(lines) == sorted([*rows, *rows])
        assert [end for _, end in columns] == [80, at]


def test_a_bibliography_in_two_columns_counts_on(tmp_path: Path) -> None:
    """Its type is as small as the numbers, which count the lines of the page."""
    path, rows = tmp_path / "a.pdf", [row[:34] for row in (*STORY, *BIBLIOGRAPHY) * 3]
    canvas = drawn(path, rows, counted(581, 18), left=90, at=80, pitch=20)
    drawn(path, rows, counted(599, 18), left=310, at=500, pitch=20, canvas=canvas)
    assert [end for _, end in parted(canvas, path)[1]] == [80, 500]


ITEMS = ("Buoys and ropes", "Lamps", "Salt", "Reeds", "Nets and floats", "Oars", "Tar", "Sails", "Anchors", "Rudders")


@pytest.mark.parametrize(
    "rows",
    [
        [f"{item}" for item in ITEMS],
        [f"{item.lower()}{' ' * 20}{place * 7}.50" for place, item in enumerate(ITEMS)],
    ],
    ids=["items", "rows with cells"],
)
def test_the_numbers_of_items_and_of_a_tables_rows_stay(tmp_path: Path, rows: list[str]) -> None:
    path = tmp_path / "a.pdf"
    assert parted(drawn(path, rows, counted(1, 10)), path)[1] == []


def test_items_are_counted_where_the_numbers_come_from_the_page_before(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert parted(drawn(path, ITEMS, counted(95, 10)), path)[0] == list(ITEMS)
    assert parted(drawn(path, ITEMS[:6], ["95", "", "96", "97", "", "98"], size=6), path)[1] == []


def test_small_numbers_count_items_but_no_notes_below_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert parted(drawn(path, ITEMS, counted(1, 10), size=6), path)[0] == list(ITEMS)
    below = drawn(path, STORY * 3, [])
    notes = [f"{item}, see there." for item in ITEMS]
    assert parted(drawn(path, notes, counted(1, 10), size=6, top=300, canvas=below), path)[1] == []


def test_numbers_of_short_lines_go_with_those_of_the_text_below(tmp_path: Path) -> None:
    """Most lines of a letter's head begin with a capital."""
    path, (new, running) = tmp_path / "a.pdf", STORY[:2]
    rows = [*ITEMS[:9], new, running, new, new, running, new, new, new]
    assert parted(drawn(path, rows, counted(1, 17)), path)[0] == rows


def test_a_word_among_the_numbers_makes_them_a_column_of_a_table(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", [*STORY, *STORY]
    canvas = drawn(path, rows, counted(1, 12), size=6)
    canvas.drawString(62, 700 - 14 * 4 - 7, "sum")
    assert parted(canvas, path)[1] == []


def test_marks_of_notes_stay(tmp_path: Path) -> None:
    path, notes = tmp_path / "a.pdf", ["www.example.org/a", "as in the first part", "see there", "www.example.org/b"]
    assert parted(drawn(path, notes, counted(5, 4), size=6, at=98), path)[1] == []


def test_the_numbers_of_notes_stay_though_they_stand_apart(tmp_path: Path) -> None:
    """The lines that go on with a note have none."""
    path = tmp_path / "a.pdf"
    notes = ["It is not known who", "painted it.", "See there.", "It was lost", "for long.", "As in the first part."]
    assert parted(drawn(path, notes, ["1", "", "2", "3", "", "4"], size=6), path)[1] == []


def test_numbers_that_do_not_count_stay(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.pdf", [*STORY, *STORY]
    years = [str(1900 + 7 * place % 50) for place in range(12)]
    assert all(int(lower) - int(upper) != 1 for upper, lower in pairwise(years))
    assert parted(drawn(path, rows, years, size=6), path)[1] == []
