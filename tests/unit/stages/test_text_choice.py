"""Which of two texts is believed: that of a doubtful font or a hidden layer, or that read from the image."""

from collections.abc import Sequence

from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import (
    BoundingRectangle,
    PdfCellRenderingMode,
    PdfPageBoundaryType,
    PdfPageGeometry,
    PdfTextCell,
    SegmentedPdfPage,
)

from pipeline.pages import TextLine
from pipeline.stages.text_choice import choose_text, line_box

VISIBLE, HIDDEN = PdfCellRenderingMode.FILL_TEXT, PdfCellRenderingMode.INVISIBLE


def cell(
    text: str, left: float, top: float, font: str = "/Good", mode: PdfCellRenderingMode = VISIBLE, belief: float = 1.0
) -> PdfTextCell:
    """A cell 10 pt high, 5 pt to a letter."""
    box = BoundingBox(l=left, t=top, r=left + 5 * len(text), b=top + 10, coord_origin=CoordOrigin.TOPLEFT)
    rect = BoundingRectangle.from_bounding_box(box)
    return PdfTextCell(
        rect=rect,
        text=text,
        orig=text,
        rendering_mode=mode,
        widget=False,
        font_key="",
        font_name=font,
        confidence=belief,
    )


def page_of(lines: Sequence[PdfTextCell]) -> SegmentedPdfPage:
    box = BoundingBox(l=0, t=0, r=600, b=800, coord_origin=CoordOrigin.TOPLEFT)
    geometry = PdfPageGeometry(
        angle=0,
        rect=BoundingRectangle.from_bounding_box(box),
        boundary_type=PdfPageBoundaryType.CROP_BOX,
        art_bbox=box,
        bleed_bbox=box,
        crop_bbox=box,
        media_bbox=box,
        trim_bbox=box,
    )
    words = [
        cell(
            word, line.rect.r_x0 + 5 * line.text.index(word), line.rect.to_bounding_box().t, line.font_name
        ).model_copy(update={"confidence": line.confidence, "rendering_mode": line.rendering_mode})
        for line in lines
        for word in line.text.split()
    ]
    return SegmentedPdfPage(dimension=geometry, char_cells=[], word_cells=list(words), textline_cells=list(lines))


def read(text: str, left: float, top: float, right: float, score: float = 0.95) -> TextLine:
    """A read line, boxed generously as detectors do."""
    return TextLine(text, score, ((left, top - 2), (right, top - 2), (right, top + 12), (left, top + 12)))


def texts(page: SegmentedPdfPage) -> list[str]:
    return [line.text for line in page.textline_cells]


def test_a_font_that_lies_is_replaced_and_good_text_is_not() -> None:
    page = page_of(
        [cell("Deposits", 50, 50), cell("6DYLQJV DW EDQN", 50, 70, "/Liar", belief=0), cell("12,400", 200, 70)]
    )
    lines = choose_text(page, [read("Deposits", 50, 50, 90), read("Savings at bank 12,400", 48, 70, 232)])
    assert texts(page) == ["Deposits", "12,400"]
    assert [word.text for word in page.word_cells] == ["Deposits", "12,400"]
    assert [line.text for line in lines] == ["Deposits", "Savings at bank"]
    assert line_box(lines[1]).right <= 200
    assert (line_box(lines[1]).top, line_box(lines[1]).bottom) == (70, 80)


def test_a_doubtful_font_that_the_image_confirms_stays() -> None:
    page = page_of([cell("Zylt Qorvex Blanth", 50, 50, "/Names", belief=0)])
    choose_text(page, [read("Zylt Qorvex Bianth", 50, 50, 140)])
    assert texts(page) == ["Zylt Qorvex Blanth"]


def test_what_was_not_read_stays() -> None:
    page = page_of([cell("6DYLQJV DW EDQN", 50, 70, "/Liar", belief=0), cell("QRW UHDG", 50, 400, "/Liar", belief=0)])
    choose_text(page, [read("Savings at bank", 50, 70, 125)])
    assert texts(page) == ["QRW UHDG"]


def test_a_script_that_the_reader_does_not_know_is_no_reason_to_doubt() -> None:
    page = page_of([cell("블록\ufffd인 엣지 퓨팅", 50, 70, "/Gothic", belief=0)])
    choose_text(page, [read("H5O IE", 50, 70, 125)])
    assert texts(page) == ["블록\ufffd인 엣지 퓨팅"]


def test_glyph_numbers_with_gaps_are_no_foreign_script() -> None:
    page = page_of([cell("7KH IHUU\\ DW 2VWULQ\ufffd", 50, 70, "/Liar", belief=0)])
    choose_text(page, [read("The ferry at Ostrin.", 50, 70, 150)])
    assert texts(page) == []


def test_a_hidden_layer_goes_where_the_page_was_read_well() -> None:
    layer = [cell("0ld bad 1ayer of tbe page", 50, 50, mode=HIDDEN)]
    page = page_of(layer)
    lines = choose_text(page, [read("Old bad layer of the page", 50, 50, 175)])
    assert (texts(page), len(lines)) == ([], 1)
    page = page_of(layer)
    assert choose_text(page, [read("Oid hod iayr", 50, 50, 175, score=0.4)]) == ()
    assert texts(page) == ["0ld bad 1ayer of tbe page"]


def test_without_read_lines_everything_stays() -> None:
    page = page_of([cell("6DYLQJV", 50, 70, "/Liar", belief=0), cell("layer", 50, 90, mode=HIDDEN)])
    assert choose_text(page, []) == ()
    assert len(texts(page)) == 2
