"""The light bundle on torch: the networks of ``pipeline.models.light_bundle``, a micro-batch of pages in few passes
over the device.

Layout and text run on the device. SLANet-plus writes a table token by token, which onnxruntime does on the CPU, and
pages that PP-OCR cannot read go to Tesseract: ``complete`` does both after the GPU call, where their time costs nobody
GPU seconds.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from pipeline.models.aot.engine import Engines
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import ENGINE, LEAST_LAYOUT_SCORE, table_on_page
from pipeline.models.light_torch.canvas import Canvas
from pipeline.models.light_torch.reading import (
    ReadPage,
    TextPass,
    frame_of,
    model_failed,
    predict_together,
    read_again,
    share,
)
from pipeline.models.light_torch.torch_layout import BatchedLayout, PageToLookAt
from pipeline.models.light_torch.torch_light_specs import layout_spec
from pipeline.models.slanet_tables import SlanetReader, is_read, table_boxes
from pipeline.models.tesseract.second_reading import SecondReader
from pipeline.models.wheels import LIGHT, wheels_revision
from pipeline.pages import EngineInfo, Lane, LayoutRegion, PageFailure, PagePrediction, PageResult, PageTask


class TorchLightBundle:
    """PP-PicoDet layout and PP-OCRv6 small by ``engines``, SLANet-plus by onnxruntime.

    Build it in the main thread before the first GPU call: the weights are put on the device then. Raises
    FileNotFoundError if a wheel is missing.
    """

    name = "light"
    micro_batch = 16
    leaves_work = True
    skips_clear = True
    reads_formulas = False

    def __init__(self, engines: Engines) -> None:
        self._device = engines.device
        self._network = engines.network(layout_spec())
        self._layout = BatchedLayout(self._network, engines.device, LEAST_LAYOUT_SCORE)
        self._text = TextPass(engines)
        self._tables = SlanetReader()
        self._second = SecondReader()

    @property
    def revision(self) -> str:
        """See ``Bundle.revision``: the same on either lane."""
        return wheels_revision(*LIGHT)

    @property
    def lane(self) -> Lane:
        """The GPU lane, unless the networks were opened on the CPU."""
        return Lane.GPU if self._device.type == "cuda" else Lane.CPU

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """As they stand in this process."""
        return self._network.info, self._text.info, EngineInfo("tables", "SLANet-plus", ENGINE)

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        """See ``Bundle.predict``. Tables are left to ``complete``."""
        return predict_together(self._predict, tasks, images)

    def _predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PagePrediction]:
        canvas = Canvas(images, self._device)
        read = self._text.read(canvas, tasks)
        start = perf_counter()
        pages = [
            PageToLookAt(image, frame_of(task, own.turn), task.page.scale)
            for task, image, own in zip(tasks, images, read, strict=True)
        ]
        regions = self._layout.find(canvas, pages)
        ms = share(start, len(tasks))
        return [_prediction(*parts, ms) for parts in zip(tasks, read, regions, strict=True)]

    def complete(self, task: PageTask, image: Pixels, result: PageResult) -> PageResult:
        """The prediction with the page's second reading, where it was read from its image, and with the structures of
        its tables, where they were asked for. A failed page stays failed.
        """
        if isinstance(result, PageFailure):
            return result
        try:
            read = read_again(self._second, task, image, result) if task.ocr else result
            return self._with_tables(task, image, read) if is_read(task) else read
        except Exception:
            return model_failed(task)

    def _with_tables(self, task: PageTask, image: Pixels, prediction: PagePrediction) -> PagePrediction:
        start = perf_counter()
        frame = frame_of(task, prediction.turn)
        upright = frame.upright_image(image)
        regions = [replace(region, box=frame.upright_box(region.box)) for region in prediction.regions]
        tables = [self._tables.read(upright, task.page.scale, box) for box in table_boxes(regions)]
        ms = (perf_counter() - start) * 1000
        return replace(prediction, tables=tuple(table_on_page(table, frame) for table in tables), table_ms=ms)


def _prediction(task: PageTask, read: ReadPage, regions: Sequence[LayoutRegion], layout_ms: float) -> PagePrediction:
    frame = frame_of(task, read.turn)
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
