"""docling's own networks for layout, tables and formulas, a micro-batch of pages in few passes; text is read by the
light bundle's networks.

A page whose text lies on its side is turned back for layout and tables, and what is found there is turned again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from types import MappingProxyType

import torch
from torch import Tensor

from pipeline.errors import WeightsDamaged
from pipeline.formula_time import FORMULA_MICRO_BATCH, formula_seconds
from pipeline.models.accurate.accurate_specs import accurate_specs
from pipeline.models.accurate.formula_reading import FormulaReader, FormulaRequest
from pipeline.models.accurate.heron_layout import Detections, regions, squeeze
from pipeline.models.accurate.tableformer_tables import TableFormerReader, TableRequest
from pipeline.models.aot.engine import Engines
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import table_on_page
from pipeline.models.light_torch.canvas import Canvas
from pipeline.models.light_torch.reading import (
    TextPass,
    frame_of,
    model_failed,
    predict_together,
    read_again,
    share,
)
from pipeline.models.slanet_tables import table_boxes
from pipeline.models.tesseract.second_reading import SecondReader
from pipeline.models.turned_page import TurnedPage
from pipeline.models.wheels import TEXT, wheels_revision
from pipeline.pages import (
    EngineInfo,
    FormulaReading,
    Lane,
    LayoutLabel,
    LayoutRegion,
    PageFailure,
    PagePrediction,
    PageResult,
    PageSize,
    PageTask,
    TableStructure,
)
from pipeline.weight_folders import AccurateWeights

_log = logging.getLogger(__name__)

# What docling's layout post-processing asks of a table at least; below it the structure would be thrown away.
LEAST_TABLE_SCORES = MappingProxyType({LayoutLabel.TABLE: 0.5, LayoutLabel.DOCUMENT_INDEX: 0.45})
LEAST_FORMULA_SCORE = 0.5  # likewise
PAGES_ON_GPU, PAGES_ON_CPU = FORMULA_MICRO_BATCH, 2


class AccurateBundle:
    """docling-layout-heron, TableFormerV2 and PP-OCRv6 small, and CodeFormulaV2 where its weights are there.

    Build it in the main thread before the first GPU call: the weights are put on the device then. Raises WeightsDamaged
    where a checkpoint does not hold what its network needs, and FileNotFoundError if a wheel is missing.
    """

    name = "accurate"
    skips_clear = True

    def __init__(self, weights: AccurateWeights, engines: Engines) -> None:
        specs = accurate_specs(weights, engines.precision, engines.device.type)
        self._formulas = _formula_reader(weights, engines.device)
        own = [weights.layout.revision, weights.tables.revision, wheels_revision(*TEXT)]
        if self._formulas and weights.formulas:
            own.append(weights.formulas.revision)
        self.revision = " ".join(own)
        self._device = engines.device
        self._labels = specs.layout_checkpoint.labels
        self._layout = engines.network(specs.layout)
        encode, step, place = (engines.network(spec) for spec in (specs.encode, specs.step, specs.place))
        self._table_networks = (encode, step, place)
        self._tables = TableFormerReader(encode, step, place, specs.table_checkpoint.vocabulary)
        self._text = TextPass(engines)
        self._second = SecondReader()

    @property
    def lane(self) -> Lane:
        """The GPU lane, unless the networks were opened on the CPU."""
        return Lane.GPU if self._device.type == "cuda" else Lane.CPU

    @property
    def leaves_work(self) -> bool:
        """Pages that PP-OCR cannot read are read by Tesseract, which needs no GPU."""
        return self._device.type == "cuda"

    @property
    def reads_formulas(self) -> bool:
        """Whether the weights of the network for formulas are there."""
        return self._formulas is not None

    @property
    def micro_batch(self) -> int:
        """On the CPU a page takes seconds, and people want to see the first one."""
        return PAGES_ON_GPU if self._device.type == "cuda" else PAGES_ON_CPU

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """As they stand in this process; for tables, what the three passes have in common."""
        tables = [network.info for network in self._table_networks]
        engine = ", ".join(dict.fromkeys(info.engine for info in tables))
        known = self._layout.info, self._text.info, EngineInfo("tables", tables[0].model, engine)
        return known if self._formulas is None else (*known, self._formulas.info)

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        """See ``Bundle.predict``."""
        results = predict_together(self._predict, tasks, images)
        if self.leaves_work:
            return results
        return [self.complete(*parts) for parts in zip(tasks, images, results, strict=True)]

    def complete(self, task: PageTask, image: Pixels, result: PageResult) -> PageResult:
        """The prediction with the page's second reading, where it was read from its image."""
        if isinstance(result, PageFailure) or not task.ocr:
            return result
        try:
            return read_again(self._second, task, image, result)
        except Exception:
            return model_failed(task)

    def _predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PagePrediction]:
        canvas = Canvas(images, self._device)
        read = self._text.read(canvas, tasks)
        frames = [frame_of(task, own.turn) for task, own in zip(tasks, read, strict=True)]
        pages = [canvas.upright(number, frame.turn) for number, frame in enumerate(frames)]
        start = perf_counter()
        found = self._regions(tasks, pages, frames)
        layout_ms, start = share(start, len(tasks)), perf_counter()
        structures = self._structures(tasks, pages, found)
        table_ms, start = share(start, len(tasks)), perf_counter()
        formulas = self._latex(tasks, images, frames, found)
        formula_ms = share(start, len(formulas))
        return [
            PagePrediction(
                page=task.page.page,
                regions=tuple(replace(region, box=frame.on_page(region.box)) for region in own),
                lines=text.lines,
                tables=tuple(table_on_page(table, frame) for table in tables),
                ocr=task.ocr,
                layout_ms=layout_ms,
                ocr_ms=text.ms,
                table_ms=table_ms if tables else 0.0,
                turn=frame.turn,
                settled=True,
                formulas=formulas.get(number, ()),
                formula_ms=formula_ms if number in formulas else 0.0,
            )
            for number, (task, frame, text, own, tables) in enumerate(
                zip(tasks, frames, read, found, structures, strict=True)
            )
        ]

    def _regions(
        self, tasks: Sequence[PageTask], pages: Sequence[Tensor], frames: Sequence[TurnedPage]
    ) -> list[tuple[LayoutRegion, ...]]:
        """What was found on each page, turned back."""
        squeezed = torch.stack([squeeze(page, task.page.scale) for page, task in zip(pages, tasks, strict=True)])
        detections = Detections(*(values.cpu() for values in self._layout(squeezed)))
        sizes = [_size(task, frame) for task, frame in zip(tasks, frames, strict=True)]
        return [regions(detections, number, size, self._labels) for number, size in enumerate(sizes)]

    def _structures(
        self, tasks: Sequence[PageTask], pages: Sequence[Tensor], found: Sequence[Sequence[LayoutRegion]]
    ) -> Iterator[list[TableStructure]]:
        """The tables of each page, turned back; those of all pages are read together."""
        boxes = [
            table_boxes(own, LEAST_TABLE_SCORES) if task.tables else [] for task, own in zip(tasks, found, strict=True)
        ]
        requests = [
            TableRequest(page, task.page.scale, box)
            for page, task, own in zip(pages, tasks, boxes, strict=True)
            for box in own
        ]
        read = iter(self._tables.read(requests))
        return iter([[table for _ in own if (table := next(read)) is not None] for own in boxes])

    def _latex(
        self,
        tasks: Sequence[PageTask],
        images: Sequence[Pixels],
        frames: Sequence[TurnedPage],
        found: Sequence[Sequence[LayoutRegion]],
    ) -> dict[int, tuple[FormulaReading, ...]]:
        """The formulas of each page that has any and wants them read, by its place in the micro-batch."""
        if self._formulas is None:
            return {}
        requests = [
            FormulaRequest(number, image, task.page.scale, frame, region.box)
            for number, (task, image, frame, own) in enumerate(zip(tasks, images, frames, found, strict=True))
            for region in own
            if task.formulas and region.label is LayoutLabel.FORMULA and region.score >= LEAST_FORMULA_SCORE
        ]
        read = self._formulas.read(requests, formula_seconds(sum(task.formulas for task in tasks), len(tasks)))
        return {request.page: read.get(request.page, ()) for request in requests}


def _formula_reader(weights: AccurateWeights, device: torch.device) -> FormulaReader | None:
    """Formulas stay text where the network's weights are missing or damaged; that is told in the log."""
    if weights.formulas is None:
        return None
    try:
        return FormulaReader(weights.formulas.path, device)
    except WeightsDamaged as error:
        _log.warning("%s Formulas stay text.", error.message)
        return None


def _size(task: PageTask, frame: TurnedPage) -> PageSize:
    """The page's size turned back, in points."""
    size = task.page.facts.size
    return PageSize(size.height, size.width) if frame.turn % 2 else size
