"""Pages as pdfium reads them: fonts of pictures without names, as distillers make them of TeX's."""

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.document import OpenDocument, _is_whole
from pipeline.intake.fallback import read_text
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.geometry import boxes_of
from pipeline.intake.text_layer.glyphs import read_glyphs
from pipeline.intake.wire import CellsRequest, Parser
from pipeline.typewriter_fonts import is_typewriter
from tests.support.bitmap_fonts import FixedPitch, distilled_page
from tests.unit.intake.pdf_files import Page, PdfFile, text

PROSE = ["the office of the old harbour", "keeps the records of each pilot"]
CODE = ["for row in table: print(row)", "    total = total + row[0] * 2", "if total < 40: return total"]


def read(path: Path) -> SegmentedPdfPage:
    return read_text(pdfium.PdfDocument(path)[0])


def lines(page: SegmentedPdfPage) -> list[str]:
    return [line.text for line in page.textline_cells]


def test_a_page_that_the_parser_loses_is_read_by_pdfium(tmp_path: Path) -> None:
    path = distilled_page(PROSE, tmp_path)
    request = CellsRequest(str(path), "", 1, "", Parser.DOCLING, 50_000, "", 0, 0, 0, 1.0, 10)
    page, conditions = OpenDocument(str(path), "").read(request)
    assert lines(page) == PROSE
    assert conditions == []


def test_pdfium_is_believed_where_it_reads_sentences_and_the_parser_no_letters(tmp_path: Path) -> None:
    sentence = "the road to the old harbour is closed and the boats are to go by the canal until the week is over"
    for said, whole in ((sentence, False), ("wq zk vbn rt plm qaz wsx edc rfv tgb yhn", True)):
        rows = [text(said, y=700 - 14 * number, size=8) for number in range(3)]
        path = PdfFile([Page(b"".join(rows))]).write(tmp_path / "page.pdf")
        parsed = cells.parse_page(cells.load(str(path), ""), 1)
        for cell in parsed.textline_cells:
            cell.text = "\ufffd" * len(cell.text)
        assert _is_whole(parsed, pdfium.PdfDocument(path)[0]) is whole


def test_codes_are_ligatures_accents_or_letters_of_mathematics(tmp_path: Path) -> None:
    rows = ["the o\x0ece is di\x0berent", "\x0f one of them", "\x13 mot \x14 and \x16 = 3", "first : : : 12"]
    assert lines(read(distilled_page(rows, tmp_path))) == [
        "the office is different",
        "• one of them",
        "« mot » and μ = 3",
        "first . . . 12",
    ]


def test_a_ligature_is_as_many_characters_as_it_has_letters(tmp_path: Path) -> None:
    shown = pdfium.PdfDocument(distilled_page(["the o\x0ece"], tmp_path))[0]
    glyphs = read_glyphs(shown, shown_page(shown), ink=True)
    assert "".join(glyphs.characters) == "the office"
    assert len(glyphs.boxes) == len(glyphs.characters) == len("the office")
    assert (np.diff(glyphs.boxes[5:8, 0]) > 0).all()


def test_signs_of_a_text_font_are_quotes_and_dashes(tmp_path: Path) -> None:
    page = read(distilled_page([*PROSE, 'he said \\well" on 3{4 may'], tmp_path))
    assert lines(page)[-1] == "he said “well” on 3–4 may"


def test_a_font_of_one_pitch_is_a_typewriter_s_and_keeps_its_signs(tmp_path: Path) -> None:
    typed, plain = read(distilled_page(CODE, tmp_path, FixedPitch.YES)), read(distilled_page(PROSE, tmp_path))
    assert all(is_typewriter(cell.font_name) for cell in typed.textline_cells if isinstance(cell, PdfTextCell))
    assert not any(is_typewriter(cell.font_name) for cell in plain.word_cells if isinstance(cell, PdfTextCell))
    assert typed.word_cells[-4].text == "<"


def test_words_are_as_high_as_their_font(tmp_path: Path) -> None:
    boxes = boxes_of(read(distilled_page(PROSE, tmp_path)).word_cells)
    assert (boxes[:, 3] - boxes[:, 1]).round(2).tolist() == [9.12] * len(boxes)


def test_a_font_keeps_its_name(tmp_path: Path) -> None:
    path = PdfFile([Page(text("Harbour office"))]).write(tmp_path / "named.pdf")
    assert [cell.font_name for cell in read(path).word_cells if isinstance(cell, PdfTextCell)] == ["Helvetica"] * 2
