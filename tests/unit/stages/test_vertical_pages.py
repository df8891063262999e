"""A page written in columns from right to left: its title is what is set larger, not what is longer."""

from pathlib import Path

from tests.support.mapped_fonts import MappedFont
from tests.support.printed_pages import first_page_markdown
from tests.unit.intake.pdf_files import Page, PdfFile

TITLE = "渡し船の規則"
FIRST = "渡し船の料金は、荷車一台につき銅貨二枚とする。"
SECOND = "空の荷車は無料とする。"


def test_the_title_of_a_page_in_columns_is_set_larger(tmp_path: Path) -> None:
    font = MappedFont(tuple(dict.fromkeys(TITLE + FIRST + SECOND)))
    shown = (
        b"BT /F1 %d Tf %g %g Td %s Tj ET\n" % (size, left, 700 - size * row, font.encode(character))
        for column, size, left in ((TITLE, 24, 400.0), (FIRST, 14, 350.0), (SECOND, 14, 310.0))
        for row, character in enumerate(column)
    )
    path = PdfFile([Page(b"".join(shown))], [font.table()], font.font()).write(tmp_path / "a.pdf")
    assert first_page_markdown(path, tmp_path).split() == ["#", TITLE, FIRST, SECOND]
