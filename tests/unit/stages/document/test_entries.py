"""Reference lists are cut into entries; paragraphs stay whole."""

from pipeline.pages import Box
from pipeline.stages.document.entries import entry_starts


def lines(*rows: tuple[float, str]) -> list[tuple[str, Box]]:
    return [(text, Box(left, 12 * row, left + 5 * len(text), 12 * row + 10)) for row, (left, text) in enumerate(rows)]


def test_numbers_in_brackets_begin_entries() -> None:
    found = lines((50, "[1] A. Penn, Notes,"), (50, "pp. 7."), (50, "[2] C. Tallis, Lime"), (50, "and soil."))
    assert entry_starts(found) == [0, 2]


def test_a_hanging_indent_begins_entries() -> None:
    found = lines(
        (50, "A. Penn, Notes on the care"),
        (70, "of rope, 1951."),
        (50, "C. Tallis, Lime, 2003."),
        (50, "B. Orme, A"),
        (70, "rope."),
    )
    assert entry_starts(found) == [0, 2, 3]


def test_paragraphs_are_no_entries() -> None:
    first_line_indented = lines((70, "A paragraph begins here and"), (50, "goes on to the next"), (50, "ends."))
    assert len(entry_starts(first_line_indented)) < 2
    plain = lines((50, "A paragraph begins here."), (50, "It goes on to the next line."), (50, "It ends."))
    assert len(entry_starts(plain)) < 2
    set_in = lines((50, "A line and the next one is"), (70, "set in, and then the rest"), (50, "goes on at the edge."))
    assert len(entry_starts(set_in)) < 2
