"""A first row in bold heads a tagged table of which the tags name no head."""

from pipeline.pages import Box
from pipeline.stages.tagged.bold_heads import has_bold_head
from pipeline.stages.tagged.tag_tree import TagCell
from pipeline.stages.tagged.tagged_words import MarkedWord
from tests.unit.intake.text_layer.test_touching import piece


def headed(*rows: str, header: bool = False) -> bool:
    """Whether a table of rows of two cells has a head; "B" is a bold cell, "-" an empty one."""
    cells, held = [], []
    for number, row in enumerate(rows):
        for column, look in enumerate(row):
            cells.append(TagCell(number, column, 1, 1, header and number == 0, ()))
            cell = piece("word", 60, 90).model_copy(update={"font_name": "/Serif-Bold" if look == "B" else "/Serif"})
            held.append([] if look == "-" else [MarkedWord(cell, Box(60, 100, 90, 110), 0, 0)])
    return has_bold_head(cells, held)


def test_a_bold_row_above_plain_ones_is_a_head() -> None:
    assert headed("BB", "pp", "pp")
    assert headed("BB", "Bp", "Bp", "pp"), "a bold first column"


def test_rows_alike_few_cells_and_named_heads_leave_it_to_the_tags() -> None:
    for rows in (("Bp", "pp", "pp"), ("BB", "BB", "BB"), ("B-", "pp", "pp"), ("BB", "pp")):
        assert not headed(*rows)
    assert not headed("BB", "pp", "pp", header=True)
