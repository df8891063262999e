"""The numbers of a manuscript's lines and its watermark leave the text, and stay in the JSON."""

from pathlib import Path

import numpy as np
import pytest
from docling_core.types.doc import ContentLayer, DoclingDocument, TextItem
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake.reader import PdfReader
from pipeline.pages import PageFacts, PagePrediction, PageSize, RenderedPage, TextLine
from pipeline.pixels import PIXELS
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, build_pipeline
from pipeline.stages.light_layout.lines import page_lines
from pipeline.stages.light_layout.text_pages import is_read_by_lines
from pipeline.stages.replay import FinishedPage, ReplayPage, ReplaySource, without_network
from tests.unit.stages.test_text_choice import page_of

LINES = (
    "The ferry leaves the northern quay at nine and carries lamps and salt",
    "3 miles to the villages behind the point. In autumn it goes on Tuesdays",
    "and Fridays only, when the wind allows it. Whoever has goods to send",
    "brings them the evening before, because the crew loads at first light.",
)
STORY = " ".join(LINES)
WIDTH, HEIGHT = 595, 842


def manuscript(path: Path, pages: int, step: int, at: float) -> Path:
    """A heading and six paragraphs on each page; every ``step``th line has its number in the left margin, which
    ends at ``at`` points.
    """
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    count = 0
    for page in range(pages):
        y = 780
        for text in (f"Crossing {page + 1}", *LINES * 6):
            heading = text.startswith("Crossing")
            canvas.setFont("Times-Bold" if heading else "Times-Roman", 16 if heading else 11)
            y -= 14 + 10 * (text == LINES[0])
            canvas.drawString(90, y, text)
            count += 1
            canvas.setFont("Helvetica", 6)
            canvas.drawRightString(at, y, str(count) if count % step == 0 else "")
        canvas.showPage()
    canvas.save()
    return path


def converted(path: Path, pages: int, folder: Path) -> DoclingDocument:
    """The document as it is where no network looks at its pages, which it needs to look at none of."""
    with PdfReader(read_settings({})) as reader:
        rendered = list(reader.render(path, "", range(1, pages + 1), folder))
    source = ReplaySource("a.pdf", "0" * 64, (PageSize(WIDTH, HEIGHT),) * pages, tuple(range(1, pages + 1)))
    assembler = DocumentAssembler(build_pipeline(), source, lambda name, image: None)
    for page in rendered:
        assert isinstance(page, RenderedPage)
        finished = FinishedPage(page, without_network(page.facts.page), folder / PIXELS)
        assert is_read_by_lines(ReplayPage(finished))
        assembler.add(ReplayPage(finished))
    return assembler.finish()


@pytest.mark.parametrize(("pages", "step", "at"), [(1, 1, 70), (2, 1, 80), (2, 5, 80)])
def test_the_numbers_are_furniture_and_no_bullets(tmp_path: Path, pages: int, step: int, at: float) -> None:
    document = converted(manuscript(tmp_path / "a.pdf", pages, step, at), pages, tmp_path)
    chapters = [[f"{'#' * pages} Crossing {page + 1}", *[STORY] * 6] for page in range(pages)]
    assert document.export_to_markdown().split("\n\n") == [part for chapter in chapters for part in chapter]
    furniture = document.iterate_items(included_content_layers={ContentLayer.FURNITURE})
    columns = [item.text.split() for item, _ in furniture if isinstance(item, TextItem)]
    assert len(columns) == pages
    counted = [number for number in range(1, 25 * pages + 1) if number % step == 0]
    assert [int(number) for column in columns for number in column] == counted


def test_the_numbers_of_a_list_stay(tmp_path: Path) -> None:
    """They are as high as its items, have no stop, and nothing stands at their left."""
    items = ("Buoys and ropes", "Lamps", "Salt", "Reeds", "Nets", "Oars", "Tar", "Sails", "Anchors", "Rudders")
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    canvas.setFont("Times-Roman", 11)
    for row, item in enumerate(items):
        canvas.drawRightString(92, 750 - 15 * row, str(row + 1))
        canvas.drawString(110, 750 - 15 * row, item)
    canvas.save()
    text = converted(tmp_path / "a.pdf", 1, tmp_path).export_to_markdown()
    assert all(f"{row} {item}" in text for row, item in enumerate(items, start=1))


@pytest.mark.parametrize("pages", [1, 3])
def test_a_watermark_is_furniture_and_parts_no_paragraph(tmp_path: Path, pages: int) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    for page in range(pages):
        canvas.saveState()
        canvas.setFillGray(0.85)
        canvas.setFont("Helvetica-Bold", 50)
        canvas.translate(300, 600)
        canvas.rotate(50)
        canvas.drawCentredString(0, 0, "SAMPLE COPY")
        canvas.restoreState()
        canvas.setFont("Times-Bold", 16)
        canvas.drawString(90, 780, f"Crossing {page + 1}")
        canvas.setFont("Times-Roman", 11)
        for row, text in enumerate(LINES * 6):
            canvas.drawString(90, 750 - 14 * row - 10 * (row // len(LINES)), text)
        canvas.showPage()
    canvas.save()
    document = converted(tmp_path / "a.pdf", pages, tmp_path)
    chapters = [[f"{'#' * min(pages, 2)} Crossing {page + 1}", *[STORY] * 6] for page in range(pages)]
    assert document.export_to_markdown().split("\n\n") == [part for chapter in chapters for part in chapter]
    furniture = document.iterate_items(included_content_layers={ContentLayer.FURNITURE})
    assert [item.text for item, _ in furniture if isinstance(item, TextItem)] == ["SAMPLE COPY"] * pages


def test_numbers_that_were_read_from_an_image_count_lines_too(tmp_path: Path) -> None:
    """The boxes of read lines are uneven, and one number was read wrong."""
    np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8).tofile(tmp_path / PIXELS)
    (tmp_path / "cells").write_text(page_of([]).model_dump_json(), encoding="utf-8")
    numbers = [str(number) if number != 7 else "Z" for number in range(1, 17)]
    read = [
        TextLine(text, 0.99, ((left, top), (right, top), (right, top + 12), (left, top + 12)))
        for row, (number, line) in enumerate(zip(numbers, LINES * 4, strict=True))
        for top in (100.0 + 14 * row,)
        for text, left, right in ((number, 56.0 - row % 3, 66.0 + row % 4), (line, 90.0, 420.0))
    ]
    facts = PageFacts(1, PageSize(WIDTH, HEIGHT), 0, 0, 0, 0.0, 1.0)
    prediction = PagePrediction(1, (), tuple(read), (), True, 0.0, 0.0, 0.0)
    rendered = RenderedPage(1, WIDTH, HEIGHT, 0, 1.0, "cells", facts)
    page = ReplayPage(FinishedPage(rendered, prediction, tmp_path / PIXELS))
    ((column),) = page.number_columns
    assert (column.left, column.top, column.right, column.bottom) == (54, 100, 69, 322)
    assert [line.text for line in page_lines(page)] == [*LINES * 4]
