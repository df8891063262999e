"""The child reads what docling's own PDF backend reads, where nothing is to be mended: the same cells, with the same
boxes, in the same order.
"""

from io import BytesIO
from pathlib import Path

import pytest
from docling.backend.docling_parse_backend import ThreadedDoclingParseDocumentBackend
from docling.datamodel.base_models import InputFormat
from docling.datamodel.document import InputDocument
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.intake.reader import PdfReader
from pipeline.pages import RenderedPage

Cell = tuple[str, tuple[float, ...], str, str]


def cell(of: TextCell, height: float) -> Cell:
    assert isinstance(of, PdfTextCell)
    box = of.rect.to_bounding_box().to_top_left_origin(height)
    return of.text, tuple(round(side, 3) for side in box.as_tuple()), of.rendering_mode.name, of.text_direction.value


def read_by_docling(path: Path) -> dict[int, tuple[list[Cell], list[Cell]]]:
    source = InputDocument(
        path_or_stream=BytesIO(path.read_bytes()),
        format=InputFormat.PDF,
        backend=ThreadedDoclingParseDocumentBackend,
        filename=path.name,
    )
    backend = source._backend
    assert isinstance(backend, ThreadedDoclingParseDocumentBackend)
    pages = {}
    for page in backend.iter_pages():
        segmented = page.get_segmented_page()
        assert segmented is not None
        height = segmented.dimension.height
        pages[page.page_no] = (
            [cell(line, height) for line in segmented.textline_cells],
            [cell(word, height) for word in segmented.word_cells],
        )
    backend.unload()
    return pages


@pytest.mark.parametrize("name", ["paper_page.pdf", "korean_report.pdf", "multi_page.pdf"])
def test_the_child_reads_what_docling_reads(reader: PdfReader, documents: Path, out_dir: Path, name: str) -> None:
    path = documents / name
    expected = read_by_docling(path)
    assert sum(len(lines) for lines, _ in expected.values()) > 30
    for page in reader.render(path, "", sorted(expected), out_dir):
        assert isinstance(page, RenderedPage)
        segmented = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
        height = segmented.dimension.height
        assert [cell(line, height) for line in segmented.textline_cells] == expected[page.page][0]
        assert [cell(word, height) for word in segmented.word_cells] == expected[page.page][1]
