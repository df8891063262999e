"""The private members of docling that Folio uses, in one place, because docling may change them in any release, and the
names in its modules that Folio replaces for a while.

docling runs its stages over documents that it opens by itself. Folio hands it pages one by one, so it sets by hand what
docling's own loop would set. Every other module asks here. A test compares these names with the installed docling.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from docling.backend.pdf_backend import PdfPageBackend
from docling.datamodel.base_models import Page
from docling.datamodel.document import ConversionResult
from docling.models.base_layout_model import BaseLayoutModel
from docling.models.base_ocr_model import BaseOcrModel
from docling.models.base_table_model import BaseTableStructureModel
from docling.models.factories.base_factory import BaseFactory
from docling.models.factories.layout_factory import LayoutFactory
from docling.models.factories.ocr_factory import OcrFactory
from docling.models.factories.table_factory import TableStructureFactory
from docling.models.stages.page_preprocessing.page_preprocessing_model import PagePreprocessingModel
from docling.models.stages.reading_order.readingorder_model import ReadingOrderModel
from docling.pipeline import standard_pdf_pipeline
from docling.pipeline.standard_pdf_pipeline import StandardPdfPipeline
from docling.utils.pdf_outline import _PdfOutlineItem
from docling_core.types.doc import DoclingDocument, GroupItem
from docling_core.types.doc.base import Size

from pipeline.page_tags import Bookmark

FACTORIES: MappingProxyType[str, Callable[[], BaseFactory[Any]]] = MappingProxyType(
    {
        "get_layout_factory": LayoutFactory,
        "get_ocr_factory": OcrFactory,
        "get_table_structure_factory": TableStructureFactory,
    }
)
"""Functions by which docling's pipeline asks for what makes its stages, and the kind of what they return."""


@contextmanager
def these_stages(
    layout: type[BaseLayoutModel], ocr: type[BaseOcrModel], tables: type[BaseTableStructureModel]
) -> Iterator[None]:
    """A pipeline of docling's that is made meanwhile finds these stages and no other.

    Its own factories would import every network that docling has, which takes 3 processor seconds and 170 MB. They also
    take stages from others only by entry points, which an uninstalled Space folder does not have.
    """
    before = {name: getattr(standard_pdf_pipeline, name) for name in FACTORIES}
    for (name, kind), stage in zip(FACTORIES.items(), (layout, ocr, tables), strict=True):
        setattr(standard_pdf_pipeline, name, _maker_of(kind(), stage))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(standard_pdf_pipeline, name, function)


def _maker_of(factory: BaseFactory[Any], stage: type[Any]) -> Callable[..., BaseFactory[Any]]:
    """A function of docling's that returns ``factory``, which makes ``stage`` only."""
    factory.register(stage, "folio", stage.__module__)
    return lambda allow_external_plugins=False: factory


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


class PartedLists(ReadingOrderModel):
    """docling's last stage, where a list ends at code, a table or a picture between two of its items.

    docling would add the item behind it to the list before it, and so put the two in the wrong order. It makes one
    document at a time.
    """

    _parted = False

    def _add_code_element(self, *given: Any) -> Any:
        self._parted = True
        return super()._add_code_element(*given)

    def _add_table_element(self, *given: Any) -> Any:
        self._parted = True
        return super()._add_table_element(*given)

    def _add_picture_element(self, *given: Any) -> Any:
        self._parted = True
        return super()._add_picture_element(*given)

    def _handle_text_element(self, *given: Any, current_list: GroupItem | None, **named: Any) -> Any:
        around, self._parted = None if self._parted else current_list, False
        return super()._handle_text_element(*given, current_list=around, **named)


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
