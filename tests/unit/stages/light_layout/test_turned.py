"""Turned text, looked at on a page turned back."""

from itertools import pairwise

import pytest

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, LayoutLabel, TableCell, TableStructure
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.turned import (
    main_turn,
    page_frame,
    turned_groups,
    turned_sheets,
    upright_structure,
    upright_word,
)
from tests.support.layout_pages import HEIGHT, WIDTH, labelled, line, paragraph, region, sheet

TURNS = (1, 2, 3)


def turned(lines: list[LayoutLine], turn: int) -> list[LayoutLine]:
    """Upright lines of a page, put on a page on which they are turned."""
    width, height = (HEIGHT, WIDTH) if turn % 2 else (WIDTH, HEIGHT)
    page = TurnedPage(turn, width, height)
    return [LayoutLine(one.text, page.on_page(one.box), one.font, turn=turn) for one in lines]


def test_a_stamp_in_the_margin_is_no_group_of_its_own() -> None:
    lines = [*paragraph(4, 60, 100), *turned([line("downloaded on a day in May", 60, 100)], 3)]
    assert list(turned_groups(lines)) == [0]


def test_a_stamp_in_the_margin_is_no_part_of_the_paragraph_beside_it() -> None:
    stamp = LayoutLine("downloaded on a day in May", Box(20, 60, 32, 200), "/Serif", turn=3)
    lines = [*paragraph(4, 60, 100), stamp]
    seen = region(LayoutLabel.TEXT, (55, 95, 400, 160))
    ((_, page),) = turned_sheets(sheet(lines, seen), turned_groups(lines))
    assert [one.turn for one in page.lines] == [0, 0, 0, 0, 3]
    found = labelled(regions(page), list(page.lines))
    assert [text for _, text in found] == ["downloaded on a day in May", " / ".join(one.text for one in lines[:4])]


@pytest.mark.parametrize("turn", TURNS)
def test_turned_lines_lie_upright_on_their_sheet_and_the_region_around_them_with_them(turn: int) -> None:
    upright = paragraph(4, 60, 100)
    lines = turned(upright, turn)
    box = lines[0].box
    page = sheet(lines, region(LayoutLabel.TEXT, (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2)))
    groups = turned_groups(lines)
    assert main_turn(groups) == turn
    width, height = (HEIGHT, WIDTH) if turn % 2 else (WIDTH, HEIGHT)
    ((_, found),) = turned_sheets(
        type(page)(width, height, page.lines, page.regions, page.bitmaps), {turn: groups[turn]}
    )
    assert [one.box for one in found.lines] == [one.box for one in upright]
    assert found.regions[0].box == Box(58, 98, upright[0].box.right + 2, 112)


@pytest.mark.parametrize("turn", TURNS)
def test_the_cells_of_a_turned_lattice_are_read_as_rows(turn: int) -> None:
    rows = (("part", "wind", "rain"), ("mast", "318", "102"))
    width, height = (HEIGHT, WIDTH) if turn % 2 else (WIDTH, HEIGHT)
    page = TurnedPage(turn, width, height)
    words = [
        LayoutWord(text, page.on_page(Box(100 * c + 10, 20 * r + 5, 100 * c + 40, 20 * r + 15)))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    box = page.on_page(Box(0, 0, 300, 40))
    xs = [page.on_page(Box(x, 0, x, 0)) for x in (0, 100, 200, 300)]
    ys = [page.on_page(Box(0, y, 0, y)) for y in (0, 20, 40)]
    across = sorted({corner.left for corner in (ys if turn % 2 else xs)})
    down = sorted({corner.top for corner in (xs if turn % 2 else ys)})
    cells = tuple(
        TableCell(r, c, 1, 1, r == 0, Box(left, top, right, bottom))
        for r, (top, bottom) in enumerate(pairwise(down))
        for c, (left, right) in enumerate(pairwise(across))
    )
    as_shown = TableStructure(box, 1.0, len(down) - 1, len(across) - 1, cells)
    found = fill(upright_structure(as_shown, page), [upright_word(word, page) for word in words])
    assert sorted((cell.cell.row, cell.cell.column, cell.text) for cell in found) == [
        (r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)
    ]


@pytest.mark.parametrize("turn", TURNS)
def test_a_page_lies_as_most_of_its_text_does(turn: int) -> None:
    width, height = (HEIGHT, WIDTH) if turn % 2 else (WIDTH, HEIGHT)
    lines = turned(paragraph(4, 60, 100), turn)
    assert page_frame(lines, width, height) == TurnedPage(turn, width, height)
    assert TurnedPage(turn, width, height).upright_size == (WIDTH, HEIGHT)


def test_columns_of_japanese_are_upright_unless_they_were_read_on_their_side() -> None:
    box = Box(400, 80, 412, 480)
    read = [LayoutLine("渡し船の料金は荷車一台につき銅貨二枚とする", box, turn=1)] * 3
    printed = [LayoutLine(one.text, box, "/Mincho", (LayoutWord(one.text, box, "/Mincho"),), turn=1) for one in read]
    assert (page_frame(printed, WIDTH, HEIGHT).turn, page_frame(read, WIDTH, HEIGHT).turn) == (0, 1)
