"""The private members of docling that Folio uses, in one place, because docling may change them in any release.

docling runs its stages over documents that it opens by itself. Folio hands it pages one by one, so it sets by hand what
docling's own loop would set. Every other module asks here. A test compares these names with the installed docling.
"""

from collections.abc import Sequence

from docling.backend.pdf_backend import PdfPageBackend
from docling.datamodel.base_models import Page
from docling.datamodel.document import ConversionResult
from docling.models.stages.page_preprocessing.page_preprocessing_model import PagePreprocessingModel
from docling.pipeline.standard_pdf_pipeline import StandardPdfPipeline
from docling.utils.pdf_outline import _PdfOutlineItem
from docling_core.types.doc import DoclingDocument
from docling_core.types.doc.base import Size

from pipeline.page_tags import Bookmark


def attach_backend(page: Page, backend: PdfPageBackend) -> None:
    """Let docling's stages read ``page`` from ``backend``."""
    page._backend = backend


def backend_of(page: Page) -> PdfPageBackend | None:
    """The backend under ``page``."""
    return page._backend


class PagesWithoutImages(PagePreprocessingModel):
    """docling's first stage, which reads a page's cells; the page's image is made when a stage asks for it."""

    def _populate_page_images(self, page: Page) -> Page:
        return page


def drop_images(page: Page) -> None:
    """Free the page's images and its backend; the stages cannot run on it any more."""
    page._backend = None
    page._image_cache = {}


def note_page_size(result: ConversionResult, number: int, size: Size) -> None:
    """Tell docling the size of page ``number``, from 1, whether or not that page is converted."""
    result._page_sizes_by_no[number] = size


def outline_entries(outline: Sequence[Bookmark]) -> list[_PdfOutlineItem]:
    """The PDF's outline as docling's heading model takes it."""
    return [
        _PdfOutlineItem(title=entry.title, level=entry.level, page_no=entry.page, y_top=entry.top) for entry in outline
    ]


def assemble_document(pipeline: StandardPdfPipeline, result: ConversionResult) -> DoclingDocument:
    """The document over all pages of ``result``: reading order, heading levels, confidence."""
    document: DoclingDocument = pipeline._assemble_document(result).document
    return document
