"""A tagged page is read without a layout network, and by its looks where its tags are not to be believed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from docling_core.types.doc import ImageRefMode, SectionHeaderItem, TitleItem
from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.intake.reader import PdfReader
from pipeline.page_tags import SUFFIX
from pipeline.pages import Box, PageSize, RenderedPage, TextLine
from pipeline.pixels import PIXELS
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, build_pipeline
from pipeline.stages.clear_pages import is_clear
from pipeline.stages.markdown import to_markdown
from pipeline.stages.replay import FinishedPage, ReplayPage, ReplaySource, without_network
from pipeline.stages.tagged.tagged_page import believed_contents, cell_text
from pipeline.stages.tagged.tagged_words import MarkedWord
from tests.documents.committed import FOLDER


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> list[FinishedPage]:
    """The pages of a tagged handbook, of which no network has said anything."""
    folder = tmp_path_factory.mktemp("batch")
    with PdfReader(read_settings({})) as reader:
        count = reader.preflight(FOLDER / "multi_page.pdf").page_count
        pages = list(reader.render(FOLDER / "multi_page.pdf", "", range(1, count + 1), folder))
    return [
        FinishedPage(page, without_network(page.page), folder / PIXELS)
        for page in pages
        if isinstance(page, RenderedPage)
    ]


def assembler(finished: list[FinishedPage]) -> DocumentAssembler:
    sizes = tuple(PageSize(page.rendered.facts.size.width, page.rendered.facts.size.height) for page in finished)
    source = ReplaySource("multi_page.pdf", "0" * 64, sizes, tuple(page.rendered.page for page in finished))
    made = DocumentAssembler(build_pipeline(), source, lambda name, image: None)
    for page in finished:
        made.add(ReplayPage(page))
    return made


def lines(text: str) -> list[str]:
    """The words of each line, without the white space that differs between writers."""
    return [" ".join(line.replace("|", " ").replace("-", "").split()) for line in text.splitlines() if line.strip()]


def test_the_document_is_what_its_author_meant(finished: list[FinishedPage]) -> None:
    document = assembler(finished).finish()
    text = to_markdown(document, ImageRefMode.PLACEHOLDER, "")
    truth = (FOLDER / "multi_page.md").read_text(encoding="utf-8")
    wanted, found = ([line for line in lines(one) if line.startswith("#")] for one in (truth, text))
    assert found == wanted
    items = [
        line.strip() for line in truth.splitlines() if line.lstrip()[:2] == "- " or line.lstrip()[:2] in ("1.", "2.")
    ]
    assert [item for item in items if item not in [line.strip() for line in text.splitlines()]] == []
    assert isinstance(next(item for item, _ in document.iterate_items()), TitleItem)


def is_read_by_tags(page: RenderedPage, pixels: Path) -> bool:
    return believed_contents(ReplayPage(FinishedPage(page, without_network(page.page), pixels))) is not None


def test_tags_are_believed_before_any_network_is_asked(finished: list[FinishedPage], tmp_path: Path) -> None:
    page, pixels = finished[0].rendered, finished[0].pixels
    assert is_read_by_tags(page, pixels)
    (tmp_path / PIXELS).symlink_to(pixels)
    shutil.copy(pixels.parent / page.cells, tmp_path)  # its words without its tags
    assert not is_read_by_tags(page, tmp_path / PIXELS)
    shutil.copy((pixels.parent / page.cells).with_suffix(SUFFIX), tmp_path)
    assert is_read_by_tags(page, tmp_path / PIXELS)


def test_tags_are_believed_where_the_image_says_no_more_than_the_text(finished: list[FinishedPage]) -> None:
    """The image is read where a picture lies below the text of a whole page."""
    page, pixels = finished[0].rendered, finished[0].pixels
    native = ReplayPage(finished[0]).segmented.textline_cells[0].rect.to_bounding_box()
    beside = (20.0, 20.0, 80.0, 32.0)  # in the margin, where the page has no text
    for (left, top, right, bottom), told in ((native.as_tuple(), True), (beside, False)):
        line = TextLine("A line", 0.99, ((left, top), (right, top), (right, bottom), (left, bottom)))
        prediction = replace(without_network(page.page), lines=(line,))
        assert (believed_contents(ReplayPage(FinishedPage(page, prediction, pixels))) is not None) == told


def test_a_page_whose_words_cannot_be_read_is_for_the_network(
    finished: list[FinishedPage], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page, pixels = finished[0].rendered, finished[0].pixels
    shutil.copy((pixels.parent / page.cells).with_suffix(SUFFIX), tmp_path)  # its tags without its words
    assert not is_clear(ReplayPage(FinishedPage(page, without_network(page.page), tmp_path / PIXELS)))
    assert "the tags of page 1 could not be read" in caplog.text


def test_a_raised_mark_in_a_cell_is_set_apart_from_the_number_that_it_touches() -> None:
    placed = (
        ("24.91", Box(0, 0, 20, 12)),
        ("2", Box(20, -1, 23, 7)),
        ("of", Box(26, 0, 34, 12)),
        ("3", Box(34, 0, 38, 12)),
    )
    found = [MarkedWord(_cell(text), box, 1, index) for index, (text, box) in enumerate(placed)]
    assert cell_text(found) == "24.91 2 of3"


def _cell(text: str) -> TextCell:
    rect = BoundingRectangle(r_x0=0, r_y0=0, r_x1=1, r_y1=0, r_x2=1, r_y2=1, r_x3=0, r_y3=1)
    return TextCell(index=0, rect=rect, text=text, orig=text, from_ocr=False)


def test_tags_that_are_no_tags_cost_nothing(finished: list[FinishedPage]) -> None:
    file = finished[0].cells.with_suffix(SUFFIX)
    content = file.read_bytes()
    try:
        file.write_bytes(b"{")
        document = assembler(finished[:1]).finish()
    finally:
        file.write_bytes(content)
    assert document.texts, "every line is still there"
    assert not any(isinstance(item, SectionHeaderItem) and item.level > 2 for item in document.texts)
