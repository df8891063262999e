"""Right-to-left lines that the parser made of the words of two rows."""

from docling_core.types.doc.page import PdfTextCell

from pipeline.intake import cells
from pipeline.intake.text_layer.geometry import boxes_of, joined, placed
from pipeline.intake.text_layer.leftward import part_rows
from tests.documents.committed import FOLDER


def test_a_line_over_two_rows_is_two() -> None:
    """As the parser reads a right-to-left list whose numbers were drawn after the texts of the items above."""
    page = cells.parse_page(cells.load(str(FOLDER / "arabic.pdf"), ""), 1)
    some = next(cell for cell in page.word_cells if isinstance(cell, PdfTextCell))
    upper, lower = (700, 712), (686, 698)

    def word(text: str, left: float, right: float, row: tuple[int, int]) -> PdfTextCell:
        return placed(some, text, (left, row[0], right, row[1]))

    one, first, two, second = (
        word(".1", 500, 510, upper),
        word("ماء", 470, 495, upper),
        word(".2", 500, 510, lower),
        word("نار", 470, 495, lower),
    )
    lines = [one, joined([first, two], ".2 ماء"), second]
    found = part_rows(lines, [one, first, two, second])
    assert [line.text for line in found] == [".1", "ماء", ".2", "نار"]
    assert boxes_of(found)[:, 3].tolist() == [712, 712, 698, 698]
    assert part_rows([one, first, second], [one, first, second]) == [one, first, second]
