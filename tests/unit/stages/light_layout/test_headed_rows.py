"""Tables of heads and a row or two."""

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.headed_rows import headed_structure, headed_tables
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import line, paragraph, region, sheet

HEADS = [line(text, left, 700) for text, left in (("Part", 60), ("Flow (m/s)", 200), ("Head (m)", 340))]


def row(top: float, name: str, *amounts: str, lefts: tuple[float, ...] = (290, 430)) -> list[LayoutLine]:
    """A name and amounts that end where the next column begins."""
    return [line(name, 60, top), *(line(text, left, top) for text, left in zip(amounts, lefts, strict=True))]


def test_a_head_and_one_row_of_amounts_at_the_foot_of_a_page_are_a_table() -> None:
    rows = row(716, "Hopper 4", "213.6", "526.6")
    lines = [*paragraph(3, 60, 600), *HEADS, *rows]
    seen = region(LayoutLabel.TEXT, (55, 695, 130, 730), 0.96)
    found = [one.box for one in regions(sheet(lines, seen)) if one.label is LayoutLabel.TABLE]
    assert found == [bounds([one.box for one in (*HEADS, *rows)])]


def test_amounts_stand_below_their_heads_wherever_in_the_column() -> None:
    cells = [*HEADS, *row(716, "Hopper 4", "213.6", "526.6")]
    words = [word for one in cells for word in one.words]
    made = headed_structure(words, Box(60, 700, 470, 726))
    assert made is not None
    assert (made.rows, made.columns) == (2, 3)
    assert [cell.header for cell in made.cells] == [True] * 3 + [False] * 3


def test_amounts_beside_their_heads_are_no_table() -> None:
    assert headed_tables([*HEADS, *row(716, "Hopper 4", "213.6", "526.6", lefts=(150, 430))]) == []
    assert headed_tables([*HEADS, *row(716, "Hopper 4", "slow", "526.6")]) == []
    assert headed_tables([*HEADS, *row(790, "Hopper 4", "213.6", "526.6")]) == [], "far below"
