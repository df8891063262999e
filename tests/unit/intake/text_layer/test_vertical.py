"""Chinese and Japanese in columns: each is one line, which runs down the page."""

from pathlib import Path

from docling_core.types.doc.page import PdfTextCell

from pipeline.intake import cells
from pipeline.intake.text_layer.geometry import placed
from pipeline.intake.text_layer.vertical import FORMS, join_columns, plain_forms
from tests.support.mapped_fonts import MappedFont, mapped_page
from tests.unit.intake.pdf_files import Page, PdfFile
from tests.unit.intake.text_layer.test_mending import lines, mended, words


def in_columns(columns: list[str], path: Path, pitch: float) -> Path:
    """A page with columns of characters, ``pitch`` points apart from one to the next."""
    font = MappedFont(tuple(dict.fromkeys(character for column in columns for character in column if character != " ")))
    shown = (
        b"BT /F1 16 Tf %g %g Td %s Tj ET\n" % (400 - 40 * number, 700 - pitch * row, font.encode(character))
        for number, column in enumerate(columns)
        for row, character in enumerate(column)
        if character != " "
    )
    return PdfFile([Page(b"".join(shown))], [font.table()], font.font()).write(path)


def test_characters_below_each_other_are_a_column(tmp_path: Path) -> None:
    columns = ["渡し船の規則", "荷車一台につき"]
    page = mended(in_columns(columns, tmp_path / "a.pdf", 17))
    assert (lines(page), words(page)) == (columns, columns)
    rect = page.textline_cells[0].rect
    assert (rect.r_x1 - rect.r_x0, rect.r_y1 < rect.r_y0) == (0, True)  # runs down the page


def test_characters_that_touch_are_one_too(tmp_path: Path) -> None:
    columns = ["渡し船の規則を改める省令", "荷車一台につき銅貨二枚と"]
    page = mended(in_columns(columns, tmp_path / "a.pdf", 15))
    assert (lines(page), words(page)) == (columns, columns)


def test_forms_that_signs_have_in_columns_are_the_signs(tmp_path: Path) -> None:
    drawn = ["荷車は﹁空︵から︶﹂とし︑", "無料︒", "渡し船の規則を改める省令"]
    written = ["荷車は「空（から）」とし、", "無料。", "渡し船の規則を改める省令"]
    page = mended(in_columns(drawn, tmp_path / "a.pdf", 16))
    assert (lines(page), words(page)) == (written, written)


def test_each_form_has_its_sign() -> None:
    forms = "".join(chr(code) for code in (*range(0xFE10, 0xFE1A), *range(0xFE30, 0xFE45), 0xFE47, 0xFE48))
    signs = "，、。：；！？〖〗…‥—–＿﹏", "（）｛｝〔〕【】《》〈〉「」『』［］"
    assert plain_forms(forms) == "".join(signs)
    assert all(FORMS.fullmatch(form) for form in forms)
    assert plain_forms("﹅ plain ー") == "﹅ plain ー"


def test_a_space_in_a_column_parts_its_words_but_not_the_column(tmp_path: Path) -> None:
    columns = ["附則 この省令は来年から", "第一条 渡し船の料金、荷車"]
    page = mended(in_columns(columns, tmp_path / "a.pdf", 16))
    assert (lines(page), words(page)) == (columns, columns)


def test_a_narrow_table_column_is_none(tmp_path: Path) -> None:
    rows = [
        "男 渡し船の規則",
        "女 荷車一台につき",
        "男 銅貨二枚とする",
        "女 空の荷車は無料",
    ]
    page = mended(mapped_page([list(row) for row in rows]).write(tmp_path / "a.pdf"))
    assert lines(page) == rows


def test_the_last_characters_of_a_paragraph_are_a_column_of_a_page_of_columns(tmp_path: Path) -> None:
    columns = ["渡し船の規則を改める省令", "荷車一台につき銅貨二枚と", "する", "。"]
    page = mended(in_columns(columns, tmp_path / "a.pdf", 16))
    assert (sorted(lines(page)), sorted(words(page))) == (sorted(columns), sorted(columns))


def test_level_strokes_leave_white_above_and_below_them_and_no_space(tmp_path: Path) -> None:
    page = cells.parse_page(cells.load(str(in_columns(["渡"], tmp_path / "a.pdf", 16)), ""), 1)
    (cell,) = page.word_cells
    assert isinstance(cell, PdfTextCell)
    inks = [("渡", 700, 716), ("船", 684, 699), ("一", 675, 677), ("つ", 655, 661), ("に", 620, 635)]
    drawn = [placed(cell, text, (400, low, 416, high)) for text, low, high in inks]
    (column,), _ = join_columns([], drawn)
    assert column.text == "渡船一つ に"
