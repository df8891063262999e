"""docling's table stage, replayed: predicted structures meet the page's words and become docling tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, Page, Table, TableStructurePrediction
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import BaseTableStructureOptions
from docling.models.base_layout_model import TABLE_LABELS
from docling.models.base_table_model import BaseTableStructureModel
from docling_core.types.doc import TableCell as DoclingCell
from docling_core.types.doc.labels import DocItemLabel

from pipeline.pages import TableStructure
from pipeline.stages.light_layout.match import FilledCell, LayoutWord, fill
from pipeline.stages.light_layout.ruled_tables import ruled_structure
from pipeline.stages.light_layout.table_choice import best_structure
from pipeline.stages.light_layout.whitespace import contents_structure, structure, without_leaders
from pipeline.stages.replay import ReplayPage, from_docling, replay_of, to_docling

SAME_TABLE = 0.5  # intersection over union from which a predicted structure belongs to a table cluster


class ReplayTableOptions(BaseTableStructureOptions):
    kind: ClassVar[str] = "folio_tables"


class ReplayTables(BaseTableStructureModel):
    """Gives each table cluster the structure predicted for it, its cells filled with the page's words."""

    def __init__(
        self,
        enabled: bool,
        artifacts_path: Path | None,
        options: BaseTableStructureOptions,
        accelerator_options: AcceleratorOptions,
        enable_remote_services: Literal[False] = False,
    ) -> None:
        self.enabled = enabled
        self.options = options

    @classmethod
    def get_options_type(cls) -> type[BaseTableStructureOptions]:
        return ReplayTableOptions

    def predict_tables(self, conv_res: ConversionResult, pages: Sequence[Page]) -> list[TableStructurePrediction]:
        return [self._predict(page) for page in pages]

    def _predict(self, page: Page) -> TableStructurePrediction:
        layout = page.predictions.layout
        clusters = [cluster for cluster in layout.clusters if cluster.label in TABLE_LABELS] if layout else []
        backend = replay_of(page)
        tables = {}
        for cluster in clusters:
            words = _words(page, cluster)
            if cluster.label is DocItemLabel.DOCUMENT_INDEX:
                words = without_leaders(words)
            structure = _structure_for(cluster, backend, words)
            if structure is not None:
                tables[cluster.id] = _table(cluster, structure, words, backend.page_no)
        return TableStructurePrediction(table_map=tables)


def _structure_for(cluster: Cluster, backend: ReplayPage, words: list[LayoutWord]) -> TableStructure | None:
    """Drawn rules say most surely what the cells are, then the network, then white space; the words may object.

    A settled prediction goes before all.
    """
    box = from_docling(cluster.bbox)
    if not words:
        return None
    predicted = max(backend.prediction.tables, key=lambda structure: structure.box.overlap(box), default=None)
    if predicted is not None and predicted.box.overlap(box) < SAME_TABLE:
        predicted = None
    if predicted is not None and backend.prediction.settled:
        return predicted
    if cluster.label is DocItemLabel.DOCUMENT_INDEX:
        return contents_structure(words, box)
    candidates = (ruled_structure(backend, box, words), predicted, structure(words, box))
    return best_structure(candidates, words)


def _table(cluster: Cluster, structure: TableStructure, words: list[LayoutWord], page_no: int) -> Table:
    return Table(
        otsl_seq=[],
        num_rows=structure.rows,
        num_cols=structure.columns,
        table_cells=[_docling_cell(cell) for cell in fill(structure, words)],
        id=cluster.id,
        page_no=page_no,
        cluster=cluster,
        label=cluster.label,
    )


def _words(page: Page, cluster: Cluster) -> list[LayoutWord]:
    """The words inside the table: native words where the page has them, OCR lines elsewhere."""
    if page.parsed_page is None:
        return []
    read = [cell for cell in page.cells if cell.from_ocr]
    cells = [*page.parsed_page.word_cells, *read]
    boxes = [(cell, cell.rect.to_bounding_box()) for cell in cells if cell.text.strip()]
    return [
        LayoutWord(cell.text.strip(), from_docling(box))
        for cell, box in boxes
        if box.intersection_over_self(cluster.bbox) > 0.5
    ]


def _docling_cell(cell: FilledCell) -> DoclingCell:
    place = cell.cell
    return DoclingCell(
        bbox=to_docling(place.box) if place.box is not None else None,
        text=cell.text,
        row_span=place.row_span,
        col_span=place.column_span,
        start_row_offset_idx=place.row,
        end_row_offset_idx=place.row + place.row_span,
        start_col_offset_idx=place.column,
        end_col_offset_idx=place.column + place.column_span,
        column_header=place.header,
        row_header=place.row_header,
        row_section=place.section,
    )
