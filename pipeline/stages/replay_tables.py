"""docling's table stage, replayed: predicted structures meet the page's words and become docling tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, Page, Table, TableStructurePrediction
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import BaseTableStructureOptions
from docling.models.base_layout_model import TABLE_LABELS
from docling.models.base_table_model import BaseTableStructureModel
from docling_core.types.doc import TableCell as DoclingCell
from docling_core.types.doc.base import BoundingBox
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import TextCell

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, TableStructure
from pipeline.stages.docling_boxes import from_docling, to_docling
from pipeline.stages.letter_height import letter_box
from pipeline.stages.light_layout.blocks import inked
from pipeline.stages.light_layout.contents_entries import contents_structure, without_leaders
from pipeline.stages.light_layout.currency_signs import with_signs_apart
from pipeline.stages.light_layout.headed_rows import headed_structure
from pipeline.stages.light_layout.lines import cell_turn
from pipeline.stages.light_layout.lone_rows import lone_row
from pipeline.stages.light_layout.match import FilledCell, LayoutWord, fill
from pipeline.stages.light_layout.pictured_tables import piece_grid
from pipeline.stages.light_layout.ruled_tables import ruled_structure
from pipeline.stages.light_layout.table_choice import best_structure, with_head
from pipeline.stages.light_layout.turned import upright_structure, upright_word
from pipeline.stages.light_layout.whitespace import structure
from pipeline.stages.replay import ReplayPage, replay_of

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
            words, turned = _words(page, cluster)
            if cluster.label is DocItemLabel.DOCUMENT_INDEX:
                words = without_leaders(words)
            structure = _structure_for(cluster, backend, words, turned)
            if structure is not None:
                upright = [upright_word(word, turned) for word in words]
                tables[cluster.id] = docling_table(
                    cluster, structure, fill(structure, upright), turned, backend.page_no
                )
        return TableStructurePrediction(table_map=tables)


def _structure_for(
    cluster: Cluster, backend: ReplayPage, words: list[LayoutWord], turned: TurnedPage
) -> TableStructure | None:
    """Drawn rules say most surely what the cells are, then the network, then white space; the words may object.

    A settled prediction goes before all. The structure is one of the page turned back.
    """
    box = from_docling(cluster.bbox)
    if not words:
        return None
    predicted = max(backend.prediction.tables, key=lambda structure: structure.box.overlap(box), default=None)
    if predicted is not None and predicted.box.overlap(box) < SAME_TABLE:
        predicted = None
    if predicted is not None and turned.turn:
        predicted = _turned_back(predicted, turned) if backend.prediction.turn == turned.turn else None
    if predicted is not None and backend.prediction.settled:
        return predicted
    upright = [upright_word(word, turned) for word in words]
    if cluster.label is DocItemLabel.DOCUMENT_INDEX:
        return contents_structure(upright, turned.upright_box(box))
    ruled = ruled_structure(backend, box, words)
    area = turned.upright_box(box)
    if ruled is None and (few := lone_row(upright, area) or headed_structure(upright, area)) is not None:
        return few
    white = (
        structure(upright, area),
        structure(upright, area, by_gaps=False),
        piece_grid(upright, area) if backend.lines else None,
    )
    drawn = upright_structure(ruled, turned) if ruled is not None else None
    best = best_structure((drawn, predicted, *white), upright)
    return with_head(best, upright) if best is not None else None


def _turned_back(predicted: TableStructure, turned: TurnedPage) -> TableStructure:
    """The network read the page turned back, and its boxes were put on the page: its rows are rows already."""
    cells = [replace(cell, box=turned.upright_box(cell.box) if cell.box else None) for cell in predicted.cells]
    return replace(predicted, box=turned.upright_box(predicted.box), cells=tuple(cells))


def docling_table(
    cluster: Cluster, structure: TableStructure, cells: Sequence[FilledCell], turned: TurnedPage, page_no: int
) -> Table:
    """docling's table of the cluster; ``structure`` and ``cells`` are of the page turned back."""
    return Table(
        otsl_seq=[],
        num_rows=structure.rows,
        num_cols=structure.columns,
        table_cells=[_docling_cell(cell, turned) for cell in cells],
        id=cluster.id,
        page_no=page_no,
        cluster=cluster,
        label=cluster.label,
    )


def _words(page: Page, cluster: Cluster) -> tuple[list[LayoutWord], TurnedPage]:
    """The words inside the table, native ones where the page has them and OCR lines elsewhere, and how they run."""
    size = replay_of(page).rendered.facts.size
    parsed = page.parsed_page
    native = parsed.word_cells if parsed is not None else []
    held = _held([*native, *(cell for cell in page.cells if cell.from_ocr)], cluster)
    turns: Counter[int] = Counter()
    for cell, _ in held:
        turns[cell_turn(cell)] += len(cell.text)
    turn = turns.most_common(1)[0][0] if turns else 0
    if parsed is not None and len(turns) > 1:  # heads that run up: their words do not stand below each other
        across = [pair for pair in held if cell_turn(pair[0]) == turn or pair[0].from_ocr]
        held = across + [pair for pair in _held(parsed.textline_cells, cluster) if cell_turn(pair[0]) != turn]
    turned = TurnedPage(turn, size.width, size.height)
    upright = [(cell, turned.upright_box(from_docling(box))) for cell, box in held]
    pitch = _pitch(upright)
    words = with_signs_apart([LayoutWord(cell.text.strip(), _type_box(cell, box, pitch)) for cell, box in upright])
    return [replace(word, box=turned.on_page(word.box)) for word in words], turned


def _held(cells: Sequence[TextCell], cluster: Cluster) -> list[tuple[TextCell, BoundingBox]]:
    """The cells with text inside the table, with their boxes."""
    boxes = [(cell, cell.rect.to_bounding_box()) for cell in cells if cell.text.strip()]
    return [(cell, box) for cell, box in boxes if box.intersection_over_self(cluster.bbox) > 0.5]


def _pitch(upright: Sequence[tuple[TextCell, Box]]) -> float:
    """The mean width of the native words' characters, in points."""
    native = [(len(cell.text.strip()), box.width) for cell, box in upright if not cell.from_ocr]
    return sum(width for _, width in native) / max(sum(count for count, _ in native), 1)


def _type_box(cell: TextCell, box: Box, pitch: float) -> Box:
    """The word's box, as high as its type: text recognition leaves a margin, and some fonts say too little."""
    return inked(box) if cell.from_ocr else letter_box(box, cell.text, pitch, box.height)


def _docling_cell(cell: FilledCell, turned: TurnedPage) -> DoclingCell:
    place = cell.cell
    return DoclingCell(
        bbox=to_docling(turned.on_page(place.box)) if place.box is not None else None,
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
