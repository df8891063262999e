"""A table grows over the rows beside it that fit its columns, and over nothing behind a row that does not."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.ruleless_tables import with_rows_beside
from tests.support.layout_pages import line, region


def test_a_table_does_not_grow_over_a_sentence_to_the_fields_below_it() -> None:
    cells = [
        line(f"{name} {row}", left, 100 + 14 * row) for row in range(3) for name, left in (("name", 60), ("value", 300))
    ]
    words = [word for cell in cells for word in cell.words]
    table = region(LayoutLabel.TABLE, (58, 98, 360, 140))
    fields = [line("Signature:", 60, 156), line("3 May 2023", 300, 156)]
    assert with_rows_beside(table, words, fields).box.bottom == 166
    sentence = line("I have read the rules of the harbour and accept each of them", 60, 142)
    assert with_rows_beside(table, words, [sentence, *fields]).box == table.box
