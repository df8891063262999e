"""docling's stage that makes a page's elements of its blocks, with Folio's joints between the lines of a block, and
what lies over the page."""

from collections.abc import Iterable, Sequence

from docling.datamodel.base_models import Cluster, Page, TextElement
from docling.datamodel.document import ConversionResult
from docling.models.stages.page_assemble.page_assemble_model import PageAssembleModel, PageAssembleOptions
from docling_core.types.doc.labels import DocItemLabel

from pipeline.pages import Watermark
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.line_ends import PageWords, join_lines


class PageAssembly(PageAssembleModel):
    """Joins lines as ``line_ends`` says, by the words of their page; docling's own clean-up follows."""

    def __init__(self) -> None:
        super().__init__(PageAssembleOptions())
        self._vocabulary = PageWords(frozenset(), english=False)

    def __call__(self, conv_res: ConversionResult, page_batch: Iterable[Page]) -> Iterable[Page]:
        for page in page_batch:
            self._vocabulary = PageWords.of(cell.text for cell in page.cells)
            yield from super().__call__(conv_res, [page])

    def sanitize_text(self, lines: list[str]) -> str:
        return super().sanitize_text(join_lines(lines, self._vocabulary))


def add_watermarks(page: Page, marks: Sequence[Watermark]) -> None:
    """Put what lies over an assembled page's text among its headers."""
    if page.assembled is None:
        return
    first = max((element.id for element in page.assembled.elements), default=-1) + 1
    for number, mark in enumerate(marks, start=first):
        box, label = to_docling(mark.box), DocItemLabel.PAGE_HEADER
        cluster = Cluster(id=number, label=label, bbox=box)
        element = TextElement(label=label, id=number, page_no=page.page_no, cluster=cluster, text=mark.text)
        page.assembled.elements.append(element)
        page.assembled.headers.append(element)
