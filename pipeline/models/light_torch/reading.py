"""What the torch bundles have in common: the text pass over a micro-batch, and what becomes of the others when one page
spoils it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import torch

from pipeline.errors import PageModelFailed
from pipeline.models.aot.engine import Engines
from pipeline.models.bundle import DeviceBroken, OutOfMemory
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import text_lines
from pipeline.models.light_torch.canvas import Canvas
from pipeline.models.light_torch.text import BatchedText, FoundLines, PageToRead
from pipeline.models.light_torch.torch_light_specs import text_specs
from pipeline.models.onnx_ocr import ReadText
from pipeline.models.tesseract.second_reading import FirstReading, SecondReader
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import EngineInfo, PageFailure, PagePrediction, PageResult, PageTask, TextLine

log = logging.getLogger(__name__)

# Compiled code tells of every failure in these words, of exhausted memory too (torch's aoti_runtime/utils.h).
COMPILED_CODE_FAILED = "API call failed"

Predict = Callable[[Sequence[PageTask], Sequence[Pixels]], Sequence[PagePrediction]]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Every line found on a page, also those without a text, and its quarter turns; ``ms`` is its share of the
    micro-batch's time.
    """

    lines: tuple[TextLine, ...] = ()
    turn: int = 0
    ms: float = 0.0


class TextPass:
    """PP-OCRv6 small by ``engines``. Raises FileNotFoundError if the wheel is missing."""

    def __init__(self, engines: Engines) -> None:
        self._networks = [engines.network(spec) for spec in text_specs()]
        self._text = BatchedText(*self._networks)

    @property
    def info(self) -> EngineInfo:
        """As it stands in this process: what the three networks have in common."""
        engine = ", ".join(dict.fromkeys(network.info.engine for network in self._networks))
        return EngineInfo("ocr", "PP-OCRv6 small", engine)

    def read(self, canvas: Canvas, tasks: Sequence[PageTask]) -> list[ReadPage]:
        """The text of the pages that want it read, in the order of the tasks."""
        start = perf_counter()
        wanted = [
            PageToRead(number, task.page.width, task.page.height, task.page.scale)
            for number, task in enumerate(tasks)
            if task.ocr
        ]
        found = self._text.find(canvas, wanted)
        texts = iter(self._text.read(canvas, [strip for page in found for strip in page.strips]))
        lines = [
            _lines(own, [next(texts) for _ in own.strips], page.scale) for page, own in zip(wanted, found, strict=True)
        ]
        ms = share(start, len(wanted))
        pages = [ReadPage() for _ in tasks]
        for page, own, read in zip(wanted, found, lines, strict=True):
            pages[page.number] = ReadPage(read, own.turn, ms)
        return pages


def predict_together(predict: Predict, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
    """``predict`` for all pages at once or, where one spoils the pass for all of them, for each alone.

    Raises OutOfMemory where the GPU's memory does not hold them, and DeviceBroken where the device will not compute
    again in this process.
    """
    try:
        with torch.inference_mode():
            return list(predict(tasks, images)) if tasks else []
    except torch.OutOfMemoryError as error:
        raise OutOfMemory from error
    except torch.AcceleratorError as error:
        raise DeviceBroken from error
    except Exception as error:
        _require_sound_device()
        if len(tasks) > 1 and COMPILED_CODE_FAILED in str(error):
            raise OutOfMemory from error
        if len(tasks) == 1:
            return [model_failed(tasks[0])]
        log.exception("a network failed on %d pages, which are tried one by one", len(tasks))
    return [
        result
        for task, image in zip(tasks, images, strict=True)
        for result in predict_together(predict, [task], [image])
    ]


def _require_sound_device() -> None:
    """Raises DeviceBroken. A CUDA error is sticky: from the first one on, every call of the process fails."""
    if not torch.cuda.is_available():
        return
    try:
        torch.cuda.synchronize()
    except Exception as error:
        raise DeviceBroken from error


def model_failed(task: PageTask) -> PageFailure:
    """The page's failure, told in the log with the exception that is being handled."""
    page = task.page.page
    log.exception("a network failed on page %d", page)
    return PageFailure(page, PageModelFailed.code, PageModelFailed(page).message)


def read_again(second: SecondReader, task: PageTask, image: Pixels, prediction: PagePrediction) -> PagePrediction:
    """The prediction with the lines that are believed, read by Tesseract where PP-OCR cannot read the page.

    Regions and tables stay where they were found, also on a page that turns out to be upside down.
    """
    start = perf_counter()
    page = task.page
    reading = second.read(FirstReading(page.page, image, page.scale, prediction.lines, prediction.turn), task.languages)
    return replace(
        prediction,
        lines=reading.lines,
        turn=reading.turn,
        languages=reading.languages,
        notices=reading.notices,
        text_score=reading.score,
        ocr_ms=prediction.ocr_ms + (perf_counter() - start) * 1000,
    )


def frame_of(task: PageTask, turn: int) -> TurnedPage:
    """How the page lies, in points."""
    page = task.page
    return TurnedPage(turn, page.width / page.scale, page.height / page.scale)


def share(start: float, pages: int) -> float:
    """Milliseconds per page since ``start``."""
    return (perf_counter() - start) * 1000 / max(pages, 1)


def _lines(found: FoundLines, texts: Sequence[ReadText], scale: float) -> tuple[TextLine, ...]:
    return tuple(text_lines([strip.corners for strip in found.strips], texts, scale))
