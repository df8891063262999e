"""Pictures whose read lines stand in a full grid are tables."""

import pytest

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.pictured_tables import pictured_tables, piece_grid
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import paragraph, region, sheet

ROWS = [["Item", "Cost", "N"], ["oil tank", "46,455", "3"], ["lens", "9,120", "1"], ["fog horn", "53,200", "4"]]
PICTURE = Box(40, 90, 260, 200)


def read(rows: list[list[str]], *, shift: float = 0.0) -> list[LayoutLine]:
    """Cells as text recognition boxes them: hardly a point apart in the same row; ``shift`` moves every second row."""
    found = []
    for number, row in enumerate(rows):
        for left, right, text in zip((50, 110, 161), (112, 160, 185), row, strict=False):
            x = left + shift * (number % 2)
            found.append(LayoutLine(text, Box(x, 100 + 18 * number, x + right - left, 116 + 18 * number)))
    return [line for line in found if line.text]


def test_a_picture_of_short_cells_is_a_table_with_each_in_its_place() -> None:
    lines = read([*ROWS, ["slipway", "74,174", ""]])
    (table,) = pictured_tables([PICTURE], lines)
    words = [LayoutWord(line.text, line.box) for line in lines]
    grid = piece_grid(words, table.box)
    assert grid is not None
    texts = {(cell.cell.row, cell.cell.column): cell.text for cell in fill(grid, words)}
    expected = [*ROWS, ["slipway", "74,174", ""]]
    assert texts == {(r, c): text for r, row in enumerate(expected) for c, text in enumerate(row)}


@pytest.mark.parametrize(
    "lines",
    [
        read(ROWS[:2]),
        read([row[:2] for row in ROWS]),
        read(ROWS, shift=45),
        [*read(ROWS), LayoutLine("a fourth column", Box(186, 118, 250, 134))],
        [*read(ROWS), LayoutLine("The text below a picture that goes on and on", Box(50, 180, 255, 190))],
        read([*ROWS[:3], ["slipway", "", ""], ["winch", "", ""]]),
        paragraph(9, 50, 60),
    ],
    ids=["two rows", "two columns", "no columns", "a row of more", "a long line", "many gaps", "native text"],
)
def test_other_pictures_are_none(lines: list[LayoutLine]) -> None:
    assert pictured_tables([PICTURE], lines) == []


def test_a_picture_of_much_else_is_none_and_two_pictures_of_one_place_are_one_table() -> None:
    assert pictured_tables([Box(0, 0, 500, 400)], read(ROWS)) == []
    assert len(pictured_tables([PICTURE, PICTURE], read(ROWS))) == 1


def test_the_table_takes_the_place_of_its_picture() -> None:
    lines = read(ROWS)
    seen = region(LayoutLabel.PICTURE, (PICTURE.left, PICTURE.top, PICTURE.right, PICTURE.bottom))
    found = regions(sheet([*lines, *paragraph(4, 50, 300)], seen))
    assert [r.label for r in found if r.label in (LayoutLabel.TABLE, LayoutLabel.PICTURE)] == [LayoutLabel.TABLE]
