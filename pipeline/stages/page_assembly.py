"""docling's stage that makes a page's elements of its blocks, with Folio's joints between the lines of a block."""

from collections.abc import Iterable

from docling.datamodel.base_models import Page
from docling.datamodel.document import ConversionResult
from docling.models.stages.page_assemble.page_assemble_model import PageAssembleModel, PageAssembleOptions

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
