"""The light bundle on torch: the networks of ``pipeline.models.light``, a micro-batch of pages in few passes over the device.

Layout and text run on the device. SLANet-plus writes a table token by token, which onnxruntime does on the CPU: ``complete`` runs it
after the GPU call, where its time costs nobody GPU seconds.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import torch

from pipeline.errors import PageModelFailed
from pipeline.models.aot.engine import Engines
from pipeline.models.bundle import OutOfMemory
from pipeline.models.frame import Frame
from pipeline.models.images import Pixels
from pipeline.models.light import ENGINE, LEAST_LAYOUT_SCORE, table_on_page, text_lines
from pipeline.models.light_torch.canvas import Canvas
from pipeline.models.light_torch.layout import BatchedLayout, PageToLookAt
from pipeline.models.light_torch.specs import angle_spec, detector_spec, layout_spec, reader_spec
from pipeline.models.light_torch.text import BatchedText, FoundLines, PageToRead
from pipeline.models.ocr import ReadText
from pipeline.models.tables import TableReader, table_boxes
from pipeline.pages import EngineInfo, Lane, LayoutRegion, PageFailure, PagePrediction, PageResult, PageTask, TextLine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The lines read on a page and its quarter turns; ``ms`` is its share of the micro-batch's time."""

    lines: tuple[TextLine, ...] = ()
    turn: int = 0
    ms: float = 0.0


class TorchLightBundle:
    """PP-PicoDet layout and PP-OCRv6 small by ``engines``, SLANet-plus by onnxruntime.

    Build it in the main thread before the first GPU call: the weights are put on the device then. Raises FileNotFoundError if a wheel
    is missing.
    """

    name = "light"
    micro_batch = 16

    def __init__(self, engines: Engines) -> None:
        self._device = engines.device
        self._networks = [engines.network(spec()) for spec in (layout_spec, detector_spec, angle_spec, reader_spec)]
        layout, *text = self._networks
        self._layout = BatchedLayout(layout, engines.device, LEAST_LAYOUT_SCORE)
        self._text = BatchedText(*text)
        self._tables = TableReader()

    @property
    def lane(self) -> Lane:
        """The GPU lane, unless the networks were opened on the CPU."""
        return Lane.GPU if self._device.type == "cuda" else Lane.CPU

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """As they stand in this process; for text, what the three networks have in common."""
        layout, *text = (network.info for network in self._networks)
        engine = ", ".join(dict.fromkeys(info.engine for info in text))
        return layout, EngineInfo("ocr", "PP-OCRv6 small", engine), EngineInfo("tables", "SLANet-plus", ENGINE)

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        """See ``Bundle.predict``. Tables are left to ``complete``."""
        try:
            with torch.inference_mode():
                return list(self._predict(tasks, images)) if tasks else []
        except torch.OutOfMemoryError as error:
            raise OutOfMemory from error
        except Exception:
            if len(tasks) == 1:
                page = tasks[0].page.page
                log.exception("a network failed on page %d", page)
                return [PageFailure(page, PageModelFailed.code, PageModelFailed(page).message)]
        # One page spoilt the pass for all of them.
        return [result for task, image in zip(tasks, images, strict=True) for result in self.predict([task], [image])]

    def _predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PagePrediction]:
        canvas = Canvas(images, self._device)
        read = self._read(canvas, tasks)
        start = perf_counter()
        pages = [PageToLookAt(image, _frame(task, own.turn), task.page.scale) for task, image, own in zip(tasks, images, read, strict=True)]
        regions = self._layout.find(canvas, pages)
        ms = _share(start, len(tasks))
        return [_prediction(*parts, ms) for parts in zip(tasks, read, regions, strict=True)]

    def _read(self, canvas: Canvas, tasks: Sequence[PageTask]) -> list[ReadPage]:
        """The text of the pages that want it read, in the order of the tasks."""
        start = perf_counter()
        wanted = [PageToRead(number, task.page.width, task.page.height, task.page.scale) for number, task in enumerate(tasks) if task.ocr]
        found = self._text.find(canvas, wanted)
        texts = iter(self._text.read(canvas, [strip for page in found for strip in page.strips]))
        lines = [_lines(own, [next(texts) for _ in own.strips], page.scale) for page, own in zip(wanted, found, strict=True)]
        ms = _share(start, len(wanted))
        pages = [ReadPage() for _ in tasks]
        for page, own, read in zip(wanted, found, lines, strict=True):
            pages[page.number] = ReadPage(read, own.turn, ms)
        return pages

    def complete(self, task: PageTask, image: Pixels, result: PageResult) -> PageResult:
        """The prediction with the structures of the page's tables, where they were asked for. A failed page stays failed."""
        if isinstance(result, PageFailure) or not task.tables:
            return result
        try:
            return self._with_tables(task, image, result)
        except Exception:
            log.exception("the table network failed on page %d", result.page)
            return PageFailure(result.page, PageModelFailed.code, PageModelFailed(result.page).message)

    def _with_tables(self, task: PageTask, image: Pixels, prediction: PagePrediction) -> PagePrediction:
        start = perf_counter()
        frame = _frame(task, prediction.turn)
        upright = frame.upright_image(image)
        regions = [replace(region, box=frame.upright_box(region.box)) for region in prediction.regions]
        tables = [self._tables.read(upright, task.page.scale, box) for box in table_boxes(regions)]
        ms = (perf_counter() - start) * 1000
        return replace(prediction, tables=tuple(table_on_page(table, frame) for table in tables), table_ms=ms)


def _frame(task: PageTask, turn: int) -> Frame:
    """How the page lies, in points."""
    page = task.page
    return Frame(turn, page.width / page.scale, page.height / page.scale)


def _lines(found: FoundLines, texts: Sequence[ReadText], scale: float) -> tuple[TextLine, ...]:
    return tuple(text_lines([strip.corners for strip in found.strips], texts, scale))


def _share(start: float, pages: int) -> float:
    """Milliseconds per page since ``start``."""
    return (perf_counter() - start) * 1000 / max(pages, 1)


def _prediction(task: PageTask, read: ReadPage, regions: Sequence[LayoutRegion], layout_ms: float) -> PagePrediction:
    frame = _frame(task, read.turn)
    return PagePrediction(
        page=task.page.page,
        regions=tuple(replace(region, box=frame.on_page(region.box)) for region in regions),
        lines=read.lines,
        tables=(),
        ocr=task.ocr,
        layout_ms=layout_ms,
        ocr_ms=read.ms,
        table_ms=0.0,
        turn=read.turn,
    )
