"""Tables whose edge cuts the words of a line."""

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.table_edges import with_cut_words

TABLE = LayoutRegion(LayoutLabel.TABLE, 1.0, Box(100, 95, 250, 140))


def line(text: str, left: float, top: float, gap: float = 4.0) -> LayoutLine:
    """A line 10 high, each character 6 wide, words ``gap`` apart."""
    words, x = [], left
    for word in text.split():
        words.append(LayoutWord(word, Box(x, top, x + 6 * len(word), top + 10)))
        x += 6 * len(word) + gap
    return LayoutLine(text, Box(left, top, x - gap, top + 10), "Serif", tuple(words))


ROWS = [line("LENGTH", 100, 100), line("of the reel in yards (read only)", 150, 100), line("SPEED", 100, 115)]


def test_the_table_takes_the_whole_line() -> None:
    grown = with_cut_words(TABLE, [*ROWS[::2], line("of the reel yards now", 150, 100)], [])
    assert grown.box == Box(100, 95, 268, 140)
    assert with_cut_words(TABLE, ROWS[::2], []) == TABLE


def test_a_column_beside_the_table_stays_outside() -> None:
    row = line("of the reel two", 150, 100)
    beside = line("of the reel yards now", 150, 100)
    columns = [row, line("Prose beside it", 258, 115)]
    assert with_cut_words(TABLE, columns, []) == TABLE
    assert with_cut_words(TABLE, [beside, line("Prose beside it", 258, 100)], []) == TABLE
    other = LayoutRegion(LayoutLabel.PICTURE, 1.0, Box(255, 90, 300, 140))
    assert with_cut_words(TABLE, [beside], [other]) == TABLE


def test_words_behind_a_gutter_are_of_another_column() -> None:
    assert with_cut_words(TABLE, [line("of the reel yards now", 150, 100, gap=12.0)], []) == TABLE
