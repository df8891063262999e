"""Pieces of code between paragraphs are one region each, whatever their rows look like by themselves."""

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.code_runs import MOST_PAIRS, ROWS, code_runs
from pipeline.stages.light_layout.lines import LayoutLine, bounds, typography
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import FIXED, labelled, line, paragraph, sheet

PROSE = paragraph(12, 60, 400)


def code(text: str, top: float, left: float = 60) -> LayoutLine:
    return line(text, left, top, font=FIXED)


def rows(count: int, top: float = 100) -> list[LayoutLine]:
    names = ("anchor", "mooring", "splice", "ferry", "lock", "weir", "gate", "sluice")
    return [code(f"raise {names[n % 8]}(chain)", top + 12 * n) for n in range(count)]


def runs(lines: list[LayoutLine], *held: LayoutRegion) -> list[Box]:
    every = [*lines, *PROSE]
    return [region.box for region in code_runs(every, held, typography(every))]


def test_rows_in_fixed_pitch_right_below_each_other_are_a_piece_of_code() -> None:
    assert runs(rows(ROWS)) == [bounds([one.box for one in rows(ROWS)])]
    assert runs(rows(ROWS - 1)) == []


def test_an_empty_row_belongs_to_the_code_and_more_white_parts_it() -> None:
    upper, lower = rows(ROWS), rows(ROWS, 100 + 12 * (ROWS + 1))
    assert len(runs([*upper, *lower])) == 1
    assert len(runs([*upper, *rows(ROWS, 100 + 12 * (ROWS + 3))])) == 2


def test_code_goes_round_no_other_text_and_no_table() -> None:
    upper, lower = rows(ROWS), rows(ROWS, 100 + 12 * (ROWS + 1))
    between = line("and then", 60, 100 + 12 * ROWS)
    assert len(runs([*upper, between, *lower])) == 2
    beside = line("raises it", 100, 124)
    assert runs([*upper, beside]) == []
    assert runs(upper, LayoutRegion(LayoutLabel.TABLE, 1.0, Box(60, 120, 300, 140))) == []


def test_code_in_two_columns_is_two_pieces() -> None:
    left, right = rows(ROWS), [code(one.text, one.box.top, 320) for one in rows(ROWS)]
    short = "some words in a narrow column"
    columns = [*paragraph(6, 60, 400, text=short), *paragraph(6, 320, 400, text=short), line(short * 2, 60, 60)]
    every = [*left, *right, *columns]
    found = code_runs(every, [], typography(every))
    assert [region.box for region in found] == [bounds([one.box for one in part]) for part in (left, right)]
    assert len(runs([*left, *right])) == 1, "the text below goes across"


def test_addresses_and_typewritten_pages_are_no_code() -> None:
    assert runs([code(f"{name}@ferry.example", 100 + 12 * n) for n, name in enumerate("abcdefg")]) == []
    every = [*rows(40), line("Ferries", 60, 20)]
    assert code_runs(every, [], typography(every)) == []


def test_a_page_with_very_many_lines_is_left_alone() -> None:
    type_ = typography([*rows(ROWS), *PROSE])
    for others, found in ((10, 1), (1 + MOST_PAIRS // 1000, 0)):
        lines = [*rows(1000), *[line("some words", 60, 20_000 + 14 * n) for n in range(others)]]
        assert len(code_runs(lines, [], type_)) == found


def test_rows_of_code_that_stand_in_columns_are_no_table() -> None:
    grid = [code(f"# lot{n}", 148 + 12 * n) for n in range(6)]
    grid += [code(f"{n}38 {n}75 free", 148 + 12 * n, 200) for n in range(6)]
    grid += [code("\\", 148 + 12 * n, 380) for n in range(6)]
    lines = [*rows(4), *grid, *PROSE]
    found = labelled(regions(sheet(lines)), [*rows(4), *grid])
    assert [label for label, text in found if text] == ["code"]


def test_a_wrapped_line_of_code_is_in_fixed_pitch() -> None:
    wrapped = line("\u21aachain) anchor", 70, 160, font="/Arrows")
    type_ = typography([*rows(6), *PROSE])
    assert type_.is_fixed(LayoutLine(wrapped.text, wrapped.box, "/Arrows", wrapped.words[:1]))
    assert not type_.is_fixed(wrapped), "another word of another font"
    assert not typography(PROSE).is_fixed(LayoutLine(wrapped.text, wrapped.box, "/Arrows", wrapped.words[:1]))
