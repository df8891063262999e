"""docling's OCR stage, replayed: lines read by the models become text cells."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Page
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import OcrOptions
from docling.models.base_ocr_model import BaseOcrModel
from docling_core.types.doc.base import CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, TextCell
from pydantic import Field

from pipeline.pages import TextLine
from pipeline.stages.replay import replay_of


class ReplayOcrOptions(OcrOptions):
    kind: ClassVar[str] = "folio_ocr"
    lang: list[str] = Field(default_factory=list)


class ReplayOcr(BaseOcrModel):
    """Adds OCR lines to the pages that have them.

    Native text wins where both exist, as in docling's default mode: an OCR line that touches a visible native line is
    dropped. On a page whose native text is to be replaced, every native line and word is dropped first.
    """

    def __init__(
        self, enabled: bool, artifacts_path: Path | None, options: OcrOptions, accelerator_options: AcceleratorOptions
    ) -> None:
        super().__init__(
            enabled=enabled, artifacts_path=artifacts_path, options=options, accelerator_options=accelerator_options
        )

    @classmethod
    def get_options_type(cls) -> type[OcrOptions]:
        return ReplayOcrOptions

    def __call__(self, conv_res: ConversionResult, page_batch: Iterable[Page]) -> Iterable[Page]:
        for page in page_batch:
            backend = replay_of(page)
            lines = backend.lines
            if backend.replace_text and page.parsed_page is not None:
                page.parsed_page.textline_cells = []
                page.parsed_page.word_cells = []
            if lines:
                self.post_process_cells([read_cell(index, line) for index, line in enumerate(lines)], page, conv_res)
            yield page


def read_cell(index: int, line: TextLine) -> TextCell:
    """A read line as docling has it."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.corners
    # Folio's corners run clockwise from where reading starts; docling's run from the lower left, counter-clockwise.
    rect = BoundingRectangle(
        r_x0=x3, r_y0=y3, r_x1=x2, r_y1=y2, r_x2=x1, r_y2=y1, r_x3=x0, r_y3=y0, coord_origin=CoordOrigin.TOPLEFT
    )
    return TextCell(index=index, text=line.text, orig=line.text, confidence=line.score, from_ocr=True, rect=rect)
