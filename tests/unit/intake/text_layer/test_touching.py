"""Pieces of scripts with signs over and under their letters are one word, whatever their boxes are."""

import pytest
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell

from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.touching import join_letters, join_signed, join_signed_rows

MAI_EK, SARA_AM = "\u0e48", "\u0e33"


def piece(text: str, left: float, right: float, low: float = 100, high: float = 120) -> PdfTextCell:
    """A piece in a box; points, origin at the bottom left."""
    box = BoundingBox(l=left, b=low, r=right, t=high, coord_origin=CoordOrigin.BOTTOMLEFT)
    rect = BoundingRectangle.from_bounding_box(box)
    mode = PdfCellRenderingMode.FILL_TEXT
    return PdfTextCell(rect=rect, text=text, orig=text, rendering_mode=mode, widget=False, font_key="", font_name="/F")


def texts(cells: list[PdfTextCell]) -> list[str]:
    return [cell.text for cell in cells]


@pytest.mark.parametrize("height", [(100, 120), (121, 126), (92, 98)], ids=["in the font's box", "above", "below"])
def test_a_sign_without_width_goes_to_the_letter_before_it(height: tuple[float, float]) -> None:
    parts = [piece("ชายฝั", 60, 100), piece(MAI_EK, 97, 97, *height), piece("งทาง", 100, 130)]
    (word,) = join_signed(parts)
    assert word.text == f"ชายฝั{MAI_EK}งทาง"
    assert boxes_of([word])[0].tolist() == [60, 100, 130, 120], "as high as its letters"


def test_a_sign_of_another_line_or_column_stays_where_it_is() -> None:
    for left, low in ((97, 150), (150, 121)):
        assert len(join_signed([piece("ชายฝั", 60, 100), piece(MAI_EK, left, left, low, low + 5)])) == 2


def test_letters_a_space_apart_are_words() -> None:
    apart = ["วันที่", "ฝั่ง"]
    assert texts(join_signed([piece(apart[0], 60, 100), piece(apart[1], 106, 130)])) == apart
    assert texts(join_letters([piece("a", 60, 66), piece("b", 66, 72), piece("c", 80, 86)])) == ["ab", "c"]


def test_pieces_of_a_row_have_spaces_between_them() -> None:
    first = piece("วันที่", 60, 100, 100, 118)
    row = [first, piece("3", 106, 112, 100, 108), piece("ถึงวัน", 118, 150)]
    (line,) = join_signed_rows(row)
    assert line.text == "วันที่ 3 ถึงวัน"
    assert len(join_signed_rows([row[0], piece("ถึงวัน", 130, 150)])) == 2, "another column"
    assert len(join_signed_rows([row[0], piece("ถึงวัน", 106, 150, 70, 90)])) == 2, "another row"
    assert len(join_signed_rows([piece("one", 60, 80), piece("two", 84, 100)])) == 2, "another script"


def test_an_am_of_which_the_second_half_has_no_text_goes_on_without_a_space() -> None:
    assert texts(join_signed_rows([piece(f"น{SARA_AM}", 60, 70), piece("มา", 76, 90)])) == [f"น{SARA_AM}มา"]


def test_a_sign_in_a_box_of_its_ink_goes_to_the_letter_it_stands_over() -> None:
    sign = "\u0e31"
    parts = [piece("ดบ", 102, 125), piece(sign, 120, 129, 121, 126), piece("นท", 127, 152)]
    assert texts(join_signed([*parts, piece("ก", 162, 170)])) == [f"ดบ{sign}นท", "ก"]


def test_a_sign_without_width_may_stand_over_the_beginning_of_a_wide_letter() -> None:
    assert len(join_signed([piece("ส", 104, 117), piece("\u0e37", 104, 104), piece("อ", 117, 125)])) == 1
