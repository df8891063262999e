"""What a user would run instead: docling's own pipeline over the same light models, through the wheels' own classes,
one page at a time.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, InputFormat, LayoutPrediction, Page, Table, TableStructurePrediction
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import (
    BaseLayoutOptions,
    BaseTableStructureOptions,
    RapidOcrOptions,
    ThreadedPdfPipelineOptions,
)
from docling.document_converter import DocumentConverter, PdfFormatOption
from docling.models.base_layout_model import TABLE_LABELS, BaseLayoutModel
from docling.models.factories import get_layout_factory, get_table_structure_factory
from docling_core.types.doc import BoundingBox, CoordOrigin, DocItemLabel, TableCell

from pipeline.stages.replay_tables import ReplayTables

LABELS = {
    "text": DocItemLabel.TEXT,
    "title": DocItemLabel.SECTION_HEADER,
    "figure": DocItemLabel.PICTURE,
    "figure_caption": DocItemLabel.CAPTION,
    "table": DocItemLabel.TABLE,
    "table_caption": DocItemLabel.CAPTION,
    "header": DocItemLabel.PAGE_HEADER,
    "footer": DocItemLabel.PAGE_FOOTER,
    "reference": DocItemLabel.LIST_ITEM,
    "equation": DocItemLabel.FORMULA,
}
SCALE = 2.0  # pixels per point, as Folio renders


class WheelLayoutOptions(BaseLayoutOptions):
    kind: ClassVar[str] = "wheel_layout"


class WheelLayout(BaseLayoutModel):
    """``RapidLayout`` called once per page."""

    def __init__(
        self,
        artifacts_path: Path | None,
        accelerator_options: AcceleratorOptions,
        options: BaseLayoutOptions,
        enable_remote_services: bool = False,
    ) -> None:
        from rapid_layout import RapidLayout

        self.options, self.engine = options, RapidLayout()

    @classmethod
    def get_options_type(cls) -> type[BaseLayoutOptions]:
        return WheelLayoutOptions

    def predict_layout(self, conv_res: ConversionResult, pages: Sequence[Page]) -> list[LayoutPrediction]:
        return [self._predict(page) for page in pages]

    def _predict(self, page: Page) -> LayoutPrediction:
        image = page.get_image(scale=SCALE)
        assert image is not None
        found = self.engine(np.asarray(image.convert("RGB"))[:, :, ::-1])
        rows = zip(found.boxes, found.class_names, found.scores, strict=True)
        return LayoutPrediction(clusters=[_cluster(index, *row) for index, row in enumerate(rows)])


def _cluster(index: int, box: Sequence[float], name: str, score: float) -> Cluster:
    left, top, right, bottom = (float(value) / SCALE for value in box)
    bbox = BoundingBox(l=left, t=top, r=right, b=bottom, coord_origin=CoordOrigin.TOPLEFT)
    return Cluster(id=index, label=LABELS[name], confidence=float(score), cells=[], bbox=bbox)


class WheelTableOptions(BaseTableStructureOptions):
    kind: ClassVar[str] = "wheel_tables"


class WheelTables(ReplayTables):
    """``RapidTable``'s structure network called once per table. Of Folio's stage it has the constructor, which docling
    prescribes.
    """

    @cached_property
    def engine(self) -> Any:
        from rapid_table import RapidTable

        return RapidTable()

    @classmethod
    def get_options_type(cls) -> type[BaseTableStructureOptions]:
        return WheelTableOptions

    def _predict(self, page: Page) -> TableStructurePrediction:
        layout = page.predictions.layout
        assert layout is not None
        clusters = [cluster for cluster in layout.clusters if cluster.label in TABLE_LABELS]
        return TableStructurePrediction(table_map={cluster.id: self._table(page, cluster) for cluster in clusters})

    def _table(self, page: Page, cluster: Cluster) -> Table:
        crop = page.get_image(scale=SCALE, cropbox=cluster.bbox)
        structure, boxes, _ = self.engine.table_structure(np.asarray(crop)[:, :, ::-1].copy())
        rows = sum(token == "<tr>" for token in structure)
        cells = [_cell(index) for index, _ in enumerate(boxes)]
        table: dict[str, Any] = {"id": cluster.id, "page_no": page.page_no, "cluster": cluster, "label": cluster.label}
        return Table(otsl_seq=[], num_rows=rows, num_cols=1, table_cells=cells, **table)


def _cell(index: int) -> TableCell:
    return TableCell(
        text="",
        start_row_offset_idx=index,
        end_row_offset_idx=index + 1,
        start_col_offset_idx=0,
        end_col_offset_idx=1,
    )


@dataclass(frozen=True)
class BaselineRun:
    """Seconds for the whole document and until its first page was through docling's page stages."""

    seconds: float
    pages: int


def build_converter() -> DocumentConverter:
    """docling's converter with the wheels' models, every stage taking one page at a time."""
    layouts = get_layout_factory(allow_external_plugins=False)
    if WheelLayoutOptions not in layouts.classes:
        layouts.register(WheelLayout, "benchmark", __name__)
    tables = get_table_structure_factory(allow_external_plugins=False)
    if WheelTableOptions not in tables.classes:
        tables.register(WheelTables, "benchmark", __name__)
    options = ThreadedPdfPipelineOptions(
        do_ocr=False,
        ocr_options=RapidOcrOptions(),
        layout_options=WheelLayoutOptions(),
        table_structure_options=WheelTableOptions(),
        layout_batch_size=1,
        table_batch_size=1,
        ocr_batch_size=1,
        images_scale=SCALE,
    )
    return DocumentConverter(format_options={InputFormat.PDF: PdfFormatOption(pipeline_options=options)})


def convert(converter: DocumentConverter, files: Iterable[Path]) -> BaselineRun:
    """Convert ``files`` and export their Markdown, as Folio does at the least."""
    began, pages = time.monotonic(), 0
    for file in files:
        result = converter.convert(file)
        result.document.export_to_markdown()
        pages += len(result.pages)
    return BaselineRun(time.monotonic() - began, pages)
