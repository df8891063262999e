"""The bundle that works everywhere: small networks from PyPI wheels on the CPU, by onnxruntime.

The pages of one call run side by side on ``threads`` threads that live for that call only, so that a process without a
call in flight can be forked. Each network pass is a job of its own: text detection and layout per page, then each line
and each table. A page whose text lies on its side or upside down is turned for layout and tables, and what is found
there is turned back.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Generic, ParamSpec, TypeVar

from pipeline.errors import PageModelFailed
from pipeline.models.images import Floats, Pixels
from pipeline.models.networks import ONNXRUNTIME
from pipeline.models.onnx_ocr import (
    AngleClassifier,
    DetectedLines,
    ReadText,
    TextDetector,
    TextReader,
    find_lines,
    straightened,
)
from pipeline.models.picodet_layout import PicoDetLayout
from pipeline.models.slanet_tables import SlanetReader, is_read, table_boxes
from pipeline.models.tesseract.second_reading import FirstReading, Reading, SecondReader
from pipeline.models.turned_page import TurnedPage
from pipeline.models.wheels import LIGHT, wheels_revision
from pipeline.pages import (
    Box,
    EngineInfo,
    Lane,
    LayoutRegion,
    PageFailure,
    PagePrediction,
    PageResult,
    PageTask,
    TableStructure,
    TextLine,
)

LEAST_LAYOUT_SCORE = 0.3
ENGINE = ONNXRUNTIME

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
    """The jobs of one page, filled in as they are started. ``texts`` has one entry per detected line."""

    task: PageTask
    image: Pixels
    lines: Future[Timed[DetectedLines]] | None = None
    layout: Future[Timed[tuple[LayoutRegion, ...]]] | None = None
    texts: list[Future[Timed[ReadText]]] = field(default_factory=list)
    reading: Future[Timed[Reading]] | None = None
    tables: list[Future[Timed[TableStructure]]] = field(default_factory=list)

    def found_lines(self) -> Timed[DetectedLines]:
        """Waits for text detection. Raises what it raised."""
        return self.lines.result() if self.lines else Timed(DetectedLines((), 0), 0.0)

    def believed(self) -> Timed[Reading]:
        """Waits for the text. Raises what reading it raised."""
        return self.reading.result() if self.reading else Timed(Reading((), 0), 0.0)

    def frame(self) -> TurnedPage:
        """How the page lies, in points. Waits for the text."""
        page = self.task.page
        return TurnedPage(self.believed().value.turn, page.width / page.scale, page.height / page.scale)

    def upright_image(self) -> Pixels:
        """The page's image, turned so that its text is upright. Waits for the text."""
        return self.frame().upright_image(straightened(self.image, self.found_lines().value.skew))


class LightBundle:
    """PP-PicoDet layout, PP-OCRv6 small and SLANet-plus. Networks load when first used, once per process (about 0.1 s
    each).

    Raises FileNotFoundError if a wheel is missing.
    """

    name = "light"
    lane = Lane.CPU
    micro_batch = 8
    leaves_work = False
    skips_clear = True
    reads_formulas = False

    def __init__(self, threads: int | Callable[[], int]) -> None:
        """``threads`` may be asked for at each call, where it can change."""
        self._threads = threads if callable(threads) else partial(int, threads)
        self._layout = PicoDetLayout(LEAST_LAYOUT_SCORE)
        self._detector = TextDetector()
        self._classifier = AngleClassifier()
        self._reader = TextReader()
        self._second = SecondReader()
        self._tables = SlanetReader()

    @property
    def revision(self) -> str:
        """See ``Bundle.revision``: the same on either lane."""
        return wheels_revision(*LIGHT)

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """See ``Bundle.engines``."""
        return (
            EngineInfo("layout", "PP-PicoDet CDLA", ENGINE),
            EngineInfo("ocr", "PP-OCRv6 small", ENGINE),
            EngineInfo("tables", "SLANet-plus", ENGINE),
        )

    def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
        """See ``Bundle.predict``."""
        jobs = [PageJobs(task, image) for task, image in zip(tasks, images, strict=True)]
        with ThreadPoolExecutor(self._threads(), thread_name_prefix="light") as pool:
            self._start_lines(pool, jobs)
            self._start_words(pool, jobs)
            self._start_reading(pool, jobs)
            self._start_layout(pool, jobs)
            self._start_tables(pool, jobs)
            return [_collect(job) for job in jobs]

    def complete(self, task: PageTask, image: Pixels, result: PageResult) -> PageResult:
        """See ``Bundle.complete``: nothing is left to do."""
        return result

    def _start_lines(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        for job in jobs:
            if job.task.ocr:
                job.lines = pool.submit(
                    _timed, find_lines, job.image, job.task.page.scale, self._detector, self._classifier
                )

    def _start_words(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        for job in jobs:
            if not (job.lines and job.lines.exception()):
                job.texts = [pool.submit(_timed, self._reader.read, line) for line in job.found_lines().value.lines]

    def _start_reading(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        """Waits in the pool for jobs that the pool took before, and so for none that waits for it."""
        for job in jobs:
            if job.lines:
                job.reading = pool.submit(self._read, job)

    def _read(self, job: PageJobs) -> Timed[Reading]:
        found, page = job.found_lines().value, job.task.page
        corners = [line.corners for line in found.lines]
        lines = tuple(text_lines(corners, [text.result().value for text in job.texts], page.scale))
        first = FirstReading(page.page, straightened(job.image, found.skew), page.scale, lines, found.turn)
        return _timed(self._second.read, first, job.task.languages)

    def _start_layout(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        for job in jobs:
            if not (job.lines and job.lines.exception()):
                job.layout = pool.submit(_timed, self._find_regions, job)

    def _find_regions(self, job: PageJobs) -> tuple[LayoutRegion, ...]:
        return self._layout.find(job.upright_image(), job.task.page.scale)

    def _start_tables(self, pool: ThreadPoolExecutor, jobs: Sequence[PageJobs]) -> None:
        for job in jobs:
            if is_read(job.task) and job.layout and not job.layout.exception():
                boxes = table_boxes(job.layout.result().value)
                job.tables = [pool.submit(_timed, self._read_table, job, box) for box in boxes]

    def _read_table(self, job: PageJobs, box: Box) -> TableStructure:
        return self._tables.read(job.upright_image(), job.task.page.scale, box)


def _timed(function: Callable[Arguments, Value], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Timed[Value]:
    start = perf_counter()
    value = function(*args, **kwargs)
    return Timed(value, (perf_counter() - start) * 1000)


def _collect(job: PageJobs) -> PageResult:
    page = job.task.page.page
    try:
        return _prediction(job)
    except Exception:
        log.exception("a network failed on page %d", page)
        return PageFailure(page, PageModelFailed.code, PageModelFailed(page).message)


def _prediction(job: PageJobs) -> PagePrediction:
    found, believed, frame = job.found_lines(), job.believed(), job.frame()
    layout = job.layout.result() if job.layout else Timed((), 0.0)
    tables = [table.result() for table in job.tables]
    return PagePrediction(
        page=job.task.page.page,
        regions=tuple(replace(region, box=frame.on_page(region.box)) for region in layout.value),
        lines=believed.value.lines,
        tables=tuple(table_on_page(table.value, frame) for table in tables),
        ocr=job.task.ocr,
        layout_ms=layout.ms,
        ocr_ms=found.ms + believed.ms + sum(text.result().ms for text in job.texts),
        table_ms=sum(table.ms for table in tables),
        turn=frame.turn,
        languages=believed.value.languages,
        notices=believed.value.notices,
        text_score=believed.value.score,
        skew=found.value.skew,
    )


def text_lines(corners: Sequence[Floats], texts: Sequence[ReadText], scale: float) -> Iterator[TextLine]:
    """Every line with what was read of it, in points. ``corners`` (4, 2) are in pixels, ``scale`` of them per point."""
    for quad, read in zip(corners, texts, strict=True):
        first, second, third, fourth = ((float(x) / scale, float(y) / scale) for x, y in quad)
        yield TextLine(read.text, read.score, (first, second, third, fourth))


def table_on_page(table: TableStructure, frame: TurnedPage) -> TableStructure:
    """A table of the page turned back, where it lies on the page itself."""
    if not frame.turn:
        return table
    cells = tuple(replace(cell, box=frame.on_page(cell.box) if cell.box else None) for cell in table.cells)
    return replace(table, box=frame.on_page(table.box), cells=cells)
