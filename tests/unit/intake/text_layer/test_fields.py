"""Values of form fields and notes on a page are text of the page."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.intake import cells
from pipeline.intake.shown import shown_page
from pipeline.intake.text_layer.fields import add_fields
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, text


def with_annotations(operators: bytes, annotations: Sequence[bytes], path: Path) -> Path:
    """One page with annotations that are fields of the document's form, too."""
    numbers = b" ".join(b"%d 0 R" % (4 + index) for index in range(len(annotations)))
    contents = 4 + len(annotations) + 1
    body = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >>"
        b" /Annots [%s] >>" % (contents, numbers)
    )
    bodies = PdfFile([Page(operators, body=body)], list(annotations)).bodies()
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] /NeedAppearances true >> >>" % numbers
    path.write_bytes(assemble(bodies))
    return path


def widget(kind: bytes, rect: tuple[int, int, int, int], entries: bytes) -> bytes:
    box = b"[%d %d %d %d]" % rect
    return b"<< /Type /Annot /Subtype /Widget /FT /%s /T (f%d) /Rect %s /F 4 %s >>" % (kind, rect[1], box, entries)


def filled(path: Path) -> SegmentedPdfPage:
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        shown = document[0]
        add_fields(page, shown, shown_page(shown))
    return page


def lines(page: SegmentedPdfPage) -> list[str]:
    return [cell.text for cell in page.textline_cells]


def test_values_without_appearances_stand_in_their_fields(tmp_path: Path) -> None:
    fields = [
        widget(b"Tx", (200, 694, 400, 714), b"/V (Marit Solheim)"),
        widget(b"Tx", (200, 600, 400, 660), b"/Ff 4096 /V (first line\\rsecond line)"),
        widget(b"Ch", (200, 560, 400, 580), b"/Ff 131072 /Opt [(Ferry) (Barge)] /V (Barge)"),
        widget(b"Tx", (200, 520, 400, 540), b"/Ff 8192 /V (secret)"),  # a password field
        widget(b"Tx", (200, 480, 400, 500), b"/V ()"),
    ]
    page = filled(with_annotations(text("Name", 72, 700, 12), fields, tmp_path / "a.pdf"))
    assert lines(page) == ["Name Marit Solheim", "first line", "second line", "Barge"]
    assert [cell.text for cell in page.word_cells][:3] == ["Name", "Marit", "Solheim"]
    name = page.word_cells[1].rect.to_bounding_box()
    assert (name.l, 694 < name.b < name.t < 714) == (200, True)


def test_the_lines_of_values_are_read_where_they_stand_and_none_is_taken_for_another(tmp_path: Path) -> None:
    fields = [
        widget(b"Tx", (72, 640, 400, 664), b"/Ff 4096 /V (late in the evening\\rby the ferry)"),
        widget(b"Tx", (72, 600, 400, 612), b"/V (no later than ten)"),
    ]
    printed = text("We arrive", 72, 670, 12) + text("or else", 72, 622, 12) + text("Thank you", 72, 500, 12)
    page = filled(with_annotations(printed, fields, tmp_path / "a.pdf"))
    told = ["We arrive", "late in the evening", "by the ferry", "or else", "no later than ten", "Thank you"]
    assert lines(page) == told
    assert [cell.index for cell in page.textline_cells] == list(range(6))
    assert [cell.index for cell in page.word_cells] == list(range(len(page.word_cells)))


def test_ticks_go_before_their_labels(tmp_path: Path) -> None:
    operators = text("Two wagons", 100, 700, 12) + text("Night crossing", 100, 660, 12) + text("east", 100, 620, 12)
    fields = [
        widget(b"Btn", (80, 698, 94, 712), b"/V /Yes /AS /Yes"),
        widget(b"Btn", (80, 658, 94, 672), b"/V /Off /AS /Off"),
        widget(b"Btn", (80, 618, 94, 632), b"/Ff 49152 /V /east /AS /east"),
        widget(b"Btn", (400, 618, 414, 632), b"/Ff 65536"),  # a push button
        widget(b"Btn", (400, 738, 414, 752), b"/V /Yes /AS /Yes"),  # no label
    ]
    page = filled(with_annotations(operators, fields, tmp_path / "a.pdf"))
    assert sorted(lines(page)) == ["(x) east", "[ ] Night crossing", "[x]", "[x] Two wagons"]


def test_a_tick_right_of_its_label_follows_it(tmp_path: Path) -> None:
    operators = text("Two wagons", 72, 700, 12) + text("Row", 72, 660, 12)
    fields = [
        widget(b"Btn", (300, 698, 314, 712), b"/V /Yes /AS /Yes"),
        widget(b"Tx", (200, 658, 280, 674), b"/V (12)"),
        widget(b"Tx", (300, 658, 380, 674), b"/V (14)"),  # two fields in a row are cells of a table
    ]
    page = filled(with_annotations(operators, fields, tmp_path / "a.pdf"))
    assert sorted(lines(page)) == ["12", "14", "Row", "Two wagons [x]"]


def test_free_text_notes_without_appearance_are_text(tmp_path: Path) -> None:
    notes = [
        b"<< /Type /Annot /Subtype /FreeText /Rect [72 500 300 530] /Contents (Replace the third plank)"
        b" /DA (/Helv 10 Tf) >>",
        b"<< /Type /Annot /Subtype /FreeText /Rect [72 400 300 430] /F 2 /Contents (hidden note) /DA (/Helv 10 Tf) >>",
        b"<< /Type /Annot /Subtype /Text /Rect [72 300 92 320] /Contents (a comment in a bubble) >>",
    ]
    page = filled(with_annotations(text("Plan", 72, 700, 12), notes, tmp_path / "a.pdf"))
    assert lines(page) == ["Plan", "Replace the third plank"]


def test_a_page_without_fields_is_left_as_it_is(tmp_path: Path) -> None:
    path = PdfFile([Page(text("Plain", 72, 700, 12))]).write(tmp_path / "a.pdf")
    assert lines(filled(path)) == ["Plain"]


def test_a_tick_far_from_its_label_goes_before_it_unless_another_ends_nearer_at_its_left(tmp_path: Path) -> None:
    operators = text("Barge", 110, 700, 12) + text("Yes", 72, 660, 12) + text("No", 136, 660, 12)
    fields = [
        widget(b"Btn", (80, 699, 90, 709), b"/V /Yes /AS /Yes"),
        widget(b"Btn", (97, 657, 113, 673), b"/V /Off /AS /Off"),
    ]
    page = filled(with_annotations(operators, fields, tmp_path / "a.pdf"))
    assert sorted(lines(page)) == ["No", "Yes", "[ ]", "[x] Barge"]
