"""Finished pages become one docling document: docling's own stages per page, and its reading order over all pages at
once.

A ``DocumentAssembler`` belongs to one run and one thread. Pages may arrive in any order; each is reduced to its
assembled elements as soon as it is in, so that memory grows with the text of the document and not with its images.
"""

import logging
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from docling.datamodel.base_models import AssembledUnit, Page, PageConfidenceScores
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import ThreadedPdfPipelineOptions
from docling.pipeline.standard_pdf_pipeline import StandardPdfPipeline
from docling_core.types.doc import DoclingDocument, ImageRef, ImageRefMode, PictureItem
from docling_core.types.doc.base import Size
from docling_core.types.doc.labels import DocItemLabel
from PIL import Image

from pipeline.page_tags import Bookmark
from pipeline.pages import RENDER_DPI, PageRegion
from pipeline.stages.docling_internals import (
    PagesWithoutImages,
    PartedLists,
    assemble_document,
    attach_backend,
    drop_images,
    these_stages,
)
from pipeline.stages.document.cell_styles import add_cell_styles
from pipeline.stages.document.element_text import ElementKey, PrintedPage, TextRecord, key_of, page_text
from pipeline.stages.document.emphasis import add_styles
from pipeline.stages.document.entries import split_entries
from pipeline.stages.document.kept_lines import keep_code, keep_verse
from pipeline.stages.document.latex import set_latex
from pipeline.stages.document.nested_lists import nest_lists
from pipeline.stages.document.passes import run_passes
from pipeline.stages.document.running_lines import settle_furniture
from pipeline.stages.document.title_blocks import move_blocks, repeated_blocks
from pipeline.stages.export import PICTURES, printable
from pipeline.stages.markdown import to_markdown
from pipeline.stages.page_assembly import PageAssembly, add_watermarks
from pipeline.stages.page_order import LiftedText
from pipeline.stages.page_regions import regions_of
from pipeline.stages.replay import ReplayPage, ReplaySource, replay_result
from pipeline.stages.replay_layout import ReplayLayout, ReplayLayoutOptions
from pipeline.stages.replay_ocr import ReplayOcr, ReplayOcrOptions
from pipeline.stages.replay_tables import ReplayTableOptions, ReplayTables
from pipeline.stages.saved_page import ReadyPage, SavedPicture, load_page, save_page
from pipeline.stages.tagged.tag_order import TagOrder
from pipeline.stages.tagged.tagged_page import read_by_tags

_log = logging.getLogger(__name__)

Pipeline = StandardPdfPipeline
PageStage = Callable[[ConversionResult, Iterable[Page]], Iterable[Page]]
SavePicture = Callable[[str, Image.Image], None]


@dataclass(frozen=True, slots=True)
class AssembledPage:
    """What is left of a page: its Markdown for reading at once, its number of blocks, ``saved``, which ``restore``
    takes in place of the page, and where its elements stand.
    """

    page: int
    markdown: str
    blocks: int
    saved: str
    regions: tuple[PageRegion, ...] = ()


def build_pipeline() -> StandardPdfPipeline:
    """docling's standard pipeline with Folio's replay stages in the places of its networks."""
    # A file may place text beyond its page's edge. docling cuts the box off there and warns, each time in other words:
    # Python would keep every one of them for good.
    warnings.filterwarnings("ignore", r"(Provenance|Table cell) bbox coordinate", UserWarning)
    options = ThreadedPdfPipelineOptions(
        do_ocr=True,
        ocr_options=ReplayOcrOptions(),
        do_table_structure=True,
        layout_options=ReplayLayoutOptions(),
        table_structure_options=ReplayTableOptions(),
    )
    with these_stages(ReplayLayout, ReplayOcr, ReplayTables):
        pipeline = StandardPdfPipeline(options)
    pipeline.preprocessing_model = PagesWithoutImages(options=pipeline.preprocessing_model.options)
    pipeline.layout_postprocessing_model = LiftedText(options=pipeline.layout_postprocessing_model.options)
    pipeline.reading_order_model = PartedLists(pipeline.reading_order_model.options)
    pipeline.reading_order_model.ro_model = TagOrder()
    pipeline.assemble_model = PageAssembly()
    return pipeline


class DocumentAssembler:
    """Assembles one document; ``save_picture`` stores a picture under its name in the run's picture folder."""

    def __init__(self, pipeline: StandardPdfPipeline, source: ReplaySource, save_picture: SavePicture) -> None:
        self._pipeline, self._source, self._save_picture = pipeline, source, save_picture
        self._result = replay_result(source)
        self._pictures: dict[ElementKey, ImageRef] = {}
        self._texts: dict[int, PrintedPage] = {}
        self._outline: tuple[Bookmark, ...] = ()
        self._tagged: set[int] = set()

    @property
    def stages(self) -> tuple[PageStage, ...]:
        """docling's page stages in its own order."""
        line = self._pipeline
        return (
            line.preprocessing_model,
            line.layout_model,
            line.ocr_model,
            line.layout_postprocessing_model,
            line.table_model,
            line.assemble_model,
        )

    def add(self, backend: ReplayPage) -> AssembledPage:
        """Run docling's page stages on one page and keep what assembling the document needs.

        Raises whatever a stage raises; the page is then not part of the document.
        """
        page = Page(page_no=backend.page_no, size=backend.get_size())
        attach_backend(page, backend)
        first, *others = self.stages
        (page,) = first(self._result, [page])
        places = read_by_tags(page, backend)
        for stage in others if places is None else (self._pipeline.assemble_model,):
            (page,) = stage(self._result, [page])
        if page.assembled is None:
            raise ValueError("docling left the page unassembled")
        add_watermarks(page, backend.rendered.facts.watermarks)
        pictures = self._keep_pictures(page, backend)
        split_entries(page, self._pipeline.assemble_model.sanitize_text)
        text = page_text(page, backend, places or {})
        self._texts[page.page_no] = text
        self._outline = self._outline or backend.tags.bookmarks
        if places is not None:
            self._tagged.add(page.page_no)
        _shed(page)
        self._result.pages.append(page)
        alone = self._alone(page)
        markdown = printable(to_markdown(alone, ImageRefMode.REFERENCED, ""))
        saved = save_page(ReadyPage(page, text, pictures, places is not None, backend.tags.bookmarks))
        regions = regions_of(alone, page, scored=places is None)
        return AssembledPage(page.page_no, markdown, len(page.assembled.body), saved, regions)

    @property
    def _order(self) -> TagOrder:
        order = self._pipeline.reading_order_model.ro_model
        if not isinstance(order, TagOrder):
            raise TypeError("the pipeline is not Folio's")
        return order

    def restore(self, saved: str) -> bool:
        """Take a page as ``AssembledPage.saved`` has it, in place of ``add``; False where that is not possible.

        Its pictures lie in the run's picture folder already.
        """
        loaded = load_page(saved)
        if loaded is None:
            return False
        number = loaded.page.page_no
        self._result.pages.append(loaded.page)
        self._result.confidence.pages[number] = PageConfidenceScores()
        self._texts[number] = loaded.text
        self._outline = self._outline or loaded.outline
        self._tagged |= {number} if loaded.tagged else set()
        self._pictures |= {picture.key: picture.image for picture in loaded.pictures}
        return True

    def _keep_pictures(self, page: Page, backend: ReplayPage) -> list[SavedPicture]:
        kept: list[SavedPicture] = []
        pictures = [e.cluster.bbox for e in (page.assembled or AssembledUnit()).body if e.label == DocItemLabel.PICTURE]
        for index, box in enumerate(pictures, start=1):
            crop = backend.image.crop(box.scaled(scale=backend.rendered.scale).as_tuple())
            if min(crop.size) > 0:
                name = f"page-{page.page_no:05}-{index:02}.png"
                self._save_picture(name, crop)
                size = Size(width=crop.width, height=crop.height)
                reference = ImageRef(mimetype="image/png", dpi=RENDER_DPI, size=size, uri=Path(PICTURES) / name)
                self._pictures[key_of(page.page_no, box)] = reference
                kept.append(SavedPicture(key=key_of(page.page_no, box), image=reference))
        return kept

    def _alone(self, page: Page) -> DoclingDocument:
        """The page as a document of its own."""
        alone = replay_result(replace(self._source, sizes=()))  # the other pages' sizes are asked for in no stage of it
        alone.pages = [page]
        alone.assembled = page.assembled or AssembledUnit()
        self._order.tagged = frozenset(self._tagged)
        document = self._pipeline.reading_order_model(alone)
        record = TextRecord([self._texts[page.page_no]])
        set_latex(document, record)
        keep_code(document, record)
        nest_lists(document, record)
        keep_verse(document, record)
        add_styles(document, record)
        add_cell_styles(document, record)
        for item in document.pictures:
            self._refer(item, document)
        return document

    def finish(self) -> DoclingDocument:
        """The whole document in reading order, with pictures referring to their files; pages in the file's order.

        Raises ValueError when no page was added.
        """
        if not self._result.pages:
            raise ValueError("no page to assemble")
        pages = self._result.pages
        settle_furniture(pages, self._texts)
        blocks = repeated_blocks(pages, self._texts)
        document = self.by_docling()
        for item in document.pictures:
            self._refer(item, document)
        move_blocks(document, blocks)
        run_passes(document, TextRecord(self._texts.values()), self._outline)
        return document

    def by_docling(self) -> DoclingDocument:
        """The document as docling's pipeline makes it of the pages' elements."""
        self._order.tagged = frozenset(self._tagged)
        self._result.pages.sort(key=lambda page: page.page_no)
        return assemble_document(self._pipeline, self._result)

    def _refer(self, item: PictureItem, document: DoclingDocument) -> None:
        if item.prov:
            place = item.prov[0]
            height = document.pages[place.page_no].size.height
            item.image = self._pictures.get(key_of(place.page_no, place.bbox.to_top_left_origin(height)))


def _shed(page: Page) -> None:
    """Drop what only the page stages needed: images, the parsed page and the cells behind finished text."""
    drop_images(page)
    page.parsed_page = None
    page.predictions.layout = None
    page.predictions.tablestructure = None
    for element in (page.assembled or AssembledUnit()).elements:
        element.cluster.cells = []
