"""What is counted on a page, what its file keeps, and when an empty page counts as damaged."""

import zlib
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.blank import content_damaged, copy_page, rebuilt, take_stock
from pipeline.intake.fallback import read_text
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, damaged_stream, encrypted, stream, text


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("", 0.0),
        (" \n", 0.0),
        ("Grüße, 東京 – “quoted” ½ € ∑", 0.0),
        ("ab\ufffd\ufffd", 0.5),
        ("abc\ue000", 0.25),
        ("a\x01\x02\x03", 0.75),
        ("GLYPH<c=3,font=/AAAAAA+Some> GLYPH<12>xy", 0.5),
        ("GLYPH<", 0.0),
    ],
)
def test_the_garbled_share_counts_characters_without_meaning(words: str, share: float) -> None:
    assert cells.garbled_share(words) == share


def image_page(*placements: tuple[float, float, float, float]) -> PdfFile:
    """One page with the same picture at each (x, y, width, height)."""
    image = stream(
        b"\x80" * 100,
        b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    operators = b"".join(
        b"q %g 0 0 %g %g %g cm /I Do Q\n" % (width, height, x, y) for x, y, width, height in placements
    )
    return PdfFile([Page(operators + text("caption"), resources=b"/XObject << /I 4 0 R >>")], [image])


@pytest.mark.parametrize(
    ("placements", "share"),
    [
        ([], 0.0),
        ([(0, 0, 612, 792)], 1.0),
        ([(0, 0, 306, 792)], 0.5),
        ([(0, 0, 306, 396), (0, 0, 306, 396)], 0.25),  # twice in the same place
        ([(0, 0, 306, 396), (306, 396, 306, 396)], 0.5),
        ([(-612, -792, 1224, 1584)], 1.0),  # reaches beyond the page
        ([(-700, 0, 100, 100)], 0.0),  # off the page
    ],
)
def test_the_image_share_counts_the_covered_page(
    tmp_path: Path, placements: list[tuple[float, float, float, float]], share: float
) -> None:
    path = image_page(*placements).write(tmp_path / "a.pdf")
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        fallen_back = read_text(document[0])
    assert [cells.count_page(page).image_share for page in (parsed, fallen_back)] == pytest.approx(
        [share, share], abs=0.01
    )


def test_nothing_is_lost_in_the_file_of_a_page(documents: Path) -> None:
    parsed = cells.load(str(documents / "korean_report.pdf"), "")
    for number in (1, 2, 3, 4):
        page = cells.parse_page(parsed, number)
        assert len(page.word_cells) > 40
        assert SegmentedPdfPage.model_validate_json(page.model_dump_json(exclude_defaults=True)) == page


def test_links_survive(tmp_path: Path) -> None:
    link = b"<< /Type /Annot /Subtype /Link /Rect [72 690 300 720] /A << /S /URI /URI (https://example.org/a?b=c) >> >>"
    body = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >>"
        b" /Annots [%s] >>" % link
    )
    path = PdfFile([Page(text("a link"), body=body)]).write(tmp_path / "a.pdf")
    page = cells.parse_page(cells.load(str(path), ""), 1)
    [kept] = SegmentedPdfPage.model_validate_json(page.model_dump_json(exclude_defaults=True)).hyperlinks
    assert str(kept.uri) == "https://example.org/a?b=c"


def test_pdfium_reads_the_lines_that_docling_parse_reads(documents: Path) -> None:
    path = documents / "multi_page.pdf"
    parsed = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        fallen_back = read_text(document[0])
    words = [[cell.text for cell in page.word_cells] for page in (parsed, fallen_back)]
    assert len(words[0]) > 250
    assert len(set(words[0]) ^ set(words[1])) < 0.05 * len(set(words[0]))


def test_pdfium_starts_a_new_line_at_a_wide_gap_and_tells_hidden_text(tmp_path: Path) -> None:
    operators = (
        text("left column", 72, 700, 12) + text("right column", 320, 700, 12) + text("unseen", 72, 600, 12, mode=3)
    )
    path = PdfFile([Page(operators)]).write(tmp_path / "a.pdf")
    with pdfium.PdfDocument(path) as document:
        page = read_text(document[0])
    assert [cell.text for cell in page.textline_cells] == ["left column", "right column", "unseen"]
    assert [cell.text for cell in page.word_cells] == ["left", "column", "right", "column", "unseen"]
    assert cells.count_page(page).hidden_characters == len("unseen")


# -- blank or damaged --------------------------------------------------------------------------------------------------


def damaged(file: Path, password: str = "") -> bool:
    with pdfium.PdfDocument(file, password=password or None) as document:
        return content_damaged(copy_page(document, 1).getvalue(), rebuilt(document))


def test_a_damaged_stream_is_told_from_an_empty_one(tmp_path: Path) -> None:
    assert damaged(PdfFile([Page(contents=damaged_stream())]).write(tmp_path / "damaged.pdf"))
    assert not damaged(PdfFile([Page(b"")]).write(tmp_path / "empty.pdf"))
    assert not damaged(PdfFile([Page(b"q 1 0 0 1 0 0 cm Q\n")]).write(tmp_path / "nothing drawn.pdf"))
    assert not damaged(encrypted(tmp_path / "encrypted.pdf", "sesame"), "sesame")


def test_each_of_several_streams_is_looked_at(tmp_path: Path) -> None:
    body = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [4 0 R 5 0 R] >>"
    for second, expected in ((damaged_stream(), True), (stream(b"q Q"), False)):
        path = PdfFile([Page(body=body)], [stream(b"q Q"), second]).write(tmp_path / "a.pdf")
        assert damaged(path) is expected


def test_streams_with_other_filters_pass(tmp_path: Path) -> None:
    hexadecimal = b"<< /Length 6 /Filter /ASCIIHexDecode >>\nstream\nzzzzz>\nendstream"
    assert not damaged(PdfFile([Page(contents=hexadecimal)]).write(tmp_path / "a.pdf"))
    chained = zlib.compress(b"zzzzz>")
    both = b"<< /Length %d /Filter [/FlateDecode /ASCIIHexDecode] >>\nstream\n%s\nendstream" % (len(chained), chained)
    assert not damaged(PdfFile([Page(contents=both)]).write(tmp_path / "b.pdf"))


def test_a_page_without_contents_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    path.write_bytes(
        assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", leaf])
    )
    assert not damaged(path)
    with pdfium.PdfDocument(path) as document:
        assert take_stock(document[0]).bare
