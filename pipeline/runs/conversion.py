"""The work of one run: render, infer and assemble side by side, batch after batch, then one document and its exports.

Three threads share a run. The renderer stays one batch ahead and drives the parse child; the run's own thread makes the
model calls (``inference.py``; on ZeroGPU it carries the visitor's request); the assembler feeds docling's stages. A
stop request ends the calls, and so does a GPU that refuses; what was predicted by then is still assembled, so that
finished pages stay.
"""

import io
import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue

from PIL import Image

from pipeline.errors import (
    FolioError,
    NothingConverted,
    PageAssemblyFailed,
    PageModelFailed,
    PagesHeldBack,
    PageTimedOut,
    RunTimedOut,
    StorageFailed,
)
from pipeline.intake.planning import MOST_BATCH_BYTES, needs_ocr, plan_batches, replaces_text
from pipeline.pages import (
    Lane,
    PageBatch,
    PageFailure,
    PagePrediction,
    PageRegion,
    PageResult,
    PageStatus,
    PageTask,
    RenderedPage,
)
from pipeline.pixels import PIXELS, page_image
from pipeline.records import ErrorFacts, PageOutcome, RunStatus, Stage
from pipeline.runs.disk_space import make_folder
from pipeline.runs.exporting import export_source, write_exports
from pipeline.runs.facsimile_images import facsimile_jpeg
from pipeline.runs.inference import Inference
from pipeline.runs.job import Job, error_facts
from pipeline.runs.page_outcome import converted_page
from pipeline.runs.run_tools import Tools
from pipeline.runs.state import PageText
from pipeline.stages.assemble import DocumentAssembler
from pipeline.stages.clear_pages import SeenPages, is_clear, shows_formulas
from pipeline.stages.export import output_facts
from pipeline.stages.replay import FinishedPage, ReplaySource
from pipeline.store.artifacts import PageCheckpoint

_log = logging.getLogger(__name__)

PNG_LEVEL = 1  # zlib level: level 6 takes four times as long for a few per cent fewer bytes
BATCHES_AHEAD = 1
# Pages per batch on the CPU lane, where a call costs nothing: few at first, so that a page is on screen within seconds,
# then enough to keep the parse child one batch ahead of the models while the images of two batches stay below 300 MB.
CPU_LANE_FIRST = (2, 4, 8)
CPU_LANE_PAGES = 16
COMPLETED_AT_ONCE = 16  # pages whose completed predictions are written together


@dataclass(frozen=True, slots=True)
class RunEnding:
    """How the work of a run ended; ``error`` is None for a run without fault."""

    status: RunStatus
    error: ErrorFacts | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A page with what the models said of it; ``pixels`` is its batch's pixel file."""

    task: PageTask
    prediction: PagePrediction
    pixels: Path


@dataclass(frozen=True, slots=True)
class BatchDone:
    """Every page of a batch has been handed to the assembler: its folder may go."""

    folder: Path


Rendered = PageBatch | PageFailure
Predicted = Answered | PageFailure | BatchDone


class Conversion:
    """One run's work. ``run`` is called once, in the thread that may call the GPU."""

    def __init__(self, job: Job, tools: Tools, scratch: Path) -> None:
        self._job, self._tools = job, tools
        self._settings, self._reader = tools.tuned(tools.settings), tools.reader
        self._scratch = scratch / job.folder.run_id
        self._inference = Inference(job, tools.lanes, tools.rates(), self._ending_now)
        self._unkept: list[PageResult] = []
        self._stop = threading.Event()
        self._batch_count = 0
        self._seen = SeenPages()
        self._restored: set[int] = set()  # pages that an earlier run has assembled
        self._rendering_over = False  # set once the renderer's last item has been taken
        self._rendered: Queue[Rendered | None] = Queue(maxsize=BATCHES_AHEAD)
        self._predicted: Queue[Predicted | None] = Queue()
        source = ReplaySource(job.source.name, job.preflight.sha256, job.preflight.sizes, job.selected)
        self._assembler = DocumentAssembler(tools.docling, source, self._save_picture)

    def run(self) -> RunEnding:
        """Convert; page images are gone from local disk when this returns, however it returns.

        Raises FolioError where the run as a whole failed.
        """
        try:
            late = self._convert_pages()
            return self._finish(late)
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _convert_pages(self) -> bool:
        """Run the three threads to their end; True when the run's time limit ended them."""
        self._restore()
        with ThreadPoolExecutor(2, thread_name_prefix="run") as threads:
            rendering = threads.submit(self._render)
            assembling = threads.submit(self._assemble)
            assembling.add_done_callback(lambda _: self._stop.set())
            try:
                late = self._infer()
            finally:
                self._stop.set()
                self._drain()
                self._predicted.put(None)
            rendering.result()
            assembling.result()
        return late

    def _restore(self) -> None:
        """Take over the pages that the run which this one continues has finished; those that cannot be are reopened."""
        began = time.monotonic()
        finished = [page.page for page in self._job.view().finished]
        self._restored = {page for page in finished if self._restored_page(page)}
        self._job.reopen([page for page in finished if page not in self._restored])
        self._job.add_time(Stage.ASSEMBLE, time.monotonic() - began)

    def _restored_page(self, page: int) -> bool:
        checkpoint = self._job.folder.checkpoint(page)
        return checkpoint is not None and self._assembler.restore(checkpoint.assembled)

    # -- render ------------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        try:
            waiting = deque(self._plan())
            while waiting and not self._stop.is_set():
                pages = waiting.popleft()
                if left := pages[self._render_batch(pages) :]:
                    waiting.appendleft(left)
        finally:
            self._rendered.put(None)

    def _plan(self) -> tuple[tuple[int, ...], ...]:
        """Pages that an earlier attempt predicted come first: they cost nothing and so are read at once. Then as few
        GPU calls as there can be.
        """
        selected = [page for page in self._job.selected if page not in self._restored | self._job.left]
        known = self._inference.known
        new = [page for page in selected if page not in known][: self._job.most_pages or None]
        again = self._batches([page for page in selected if page in known], Lane.CPU)
        return again + self._batches(new, self._inference.lane)

    def _batches(self, pages: Sequence[int], lane: Lane) -> tuple[tuple[int, ...], ...]:
        most = self._settings.batch_pages
        largest, first = (most, ()) if lane is Lane.GPU else (min(CPU_LANE_PAGES, most), CPU_LANE_FIRST)
        return plan_batches(pages, largest, first, self._job.preflight.sizes, self._settings.max_megapixels)

    def _render_batch(self, pages: tuple[int, ...]) -> int:
        """Render a batch of ``pages``, or of the first where images are larger than planned; returns their number."""
        index, self._batch_count = self._batch_count, self._batch_count + 1
        folder = self._scratch / f"batch-{index:04}"
        make_folder(folder)
        tasks, done = [], 0
        began = time.monotonic()
        with closing(self._reader.render(self._job.folder.source, self._job.source.password, pages, folder)) as results:
            for result in results:
                done += 1
                if self._stop.is_set():
                    return len(pages)
                if isinstance(result, PageFailure):
                    self._rendered.put(result)
                    continue
                tasks.append(self._task(result, folder / PIXELS))
                if result.end >= MOST_BATCH_BYTES:
                    break
        self._job.add_time(Stage.RENDER, time.monotonic() - began)
        if tasks:
            self._rendered.put(PageBatch(index, str(folder / PIXELS), tuple(tasks)))
        return done

    def _task(self, page: RenderedPage, pixels: Path) -> PageTask:
        options = self._job.options_of(page.page)
        ocr = needs_ocr(page.facts, options.ocr, self._settings.ocr_scanned_percent / 100)
        formulas = self._inference.reads_formulas and (ocr or shows_formulas(self._seen.look(page, pixels)))
        clear = not ocr and not formulas and self._inference.skips_clear and is_clear(self._seen.look(page, pixels))
        return PageTask(page, ocr, options.tables, options.languages, needs_network=not clear, formulas=formulas)

    def _take_rendered(self) -> Rendered | None:
        """What the renderer hands over next; None, once, when it has ended."""
        item = self._rendered.get()
        self._rendering_over = item is None
        return item

    def _drain(self) -> None:
        """Take what the stopped renderer still wants to hand over, so that it can end."""
        while not self._rendering_over:
            self._take_rendered()

    # -- infer -------------------------------------------------------------------------------------------------------

    def _infer(self) -> bool:
        while (item := self._take_rendered()) is not None:
            if isinstance(item, PageFailure):
                self._predicted.put(item)
            else:
                self._infer_batch(item)
            if self._ending_now() or self._inference.refused:
                break
        return self._late() and not self._job.cancelled

    def _infer_batch(self, batch: PageBatch) -> None:
        self._job.enter(Stage.INFER)
        began = time.monotonic()
        tasks = {task.page.page: task for task in batch.tasks}
        try:
            with self._tools.turns.turn(self._ending_now), closing(self._inference.predict(batch)) as said:
                for results in said:
                    for result in results:
                        self._predicted.put(_answered(result, tasks.pop(result.page), Path(batch.pixels)))
        except FolioError:
            raise
        except Exception:
            _log.exception("the models failed on a batch")
            self._lose_all(tuple(tasks))
        self._job.add_time(Stage.INFER, time.monotonic() - began)
        self._predicted.put(BatchDone(Path(batch.pixels).parent))

    def _lose_all(self, pages: tuple[int, ...]) -> None:
        """The models gave up on these pages; the other batches go on."""
        for page in pages:
            self._predicted.put(_model_failure(page))

    def _ending_now(self) -> bool:
        """Asked between micro-batches: somebody stopped the run, its time is up, or the assembler failed."""
        return self._job.cancelled or self._stop.is_set() or self._late()

    def _late(self) -> bool:
        return self._job.elapsed_s > self._settings.run_seconds

    # -- assemble ----------------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        while (item := self._predicted.get()) is not None:
            if isinstance(item, BatchDone):
                self._keep_completed()
                shutil.rmtree(item.folder, ignore_errors=True)
            elif isinstance(item, PageFailure):
                self._lose(item)
            else:
                self._assemble_page(item)
        self._keep_completed()

    def _assemble_page(self, answered: Answered) -> None:
        began = time.monotonic()
        result = self._completed(answered)
        if isinstance(result, PageFailure):
            self._lose(result)
            return
        rendered = answered.task.page
        mode = self._job.options_of(rendered.page).ocr
        finished = FinishedPage(rendered, result, answered.pixels, replaces_text(rendered.facts, mode))
        try:
            assembled = self._assembler.add(self._seen.take(finished))
        except StorageFailed:
            raise
        except Exception:
            _log.exception("page %d could not be assembled", rendered.page)
            failure = PageAssemblyFailed(rendered.page)
            self._lose(PageFailure(rendered.page, failure.code, failure.message))
            return
        outcome = converted_page(rendered.facts, result, finished.replace_text, assembled.blocks)
        if self._tools.facsimiles:
            self._keep_facsimile(answered)
        self._write_checkpoint(outcome, assembled.saved, assembled.regions)
        self._job.folder.write_page_text(rendered.page, assembled.markdown)
        self._job.add_page(outcome, PageText(rendered.page, assembled.markdown))
        self._job.add_time(Stage.ASSEMBLE, time.monotonic() - began)

    def _keep_facsimile(self, answered: Answered) -> None:
        """Store how the page looks, for reading; a disk that refuses costs the image and not yet the run."""
        rendered = answered.task.page
        with suppress(StorageFailed):
            self._job.folder.write_facsimile(rendered.page, facsimile_jpeg(page_image(answered.pixels, rendered)))

    def _completed(self, answered: Answered) -> PageResult:
        """The page's prediction with its bundle's work on the CPU, which is done here so that no GPU is held by it."""
        page = answered.prediction.page
        try:
            result = self._inference.complete(answered.task, answered.prediction, answered.pixels)
        except Exception:
            _log.exception("the models' work on the CPU failed on page %d", page)
            return _model_failure(page)
        if result is not answered.prediction:
            self._unkept.append(result)
            if len(self._unkept) >= COMPLETED_AT_ONCE:
                self._keep_completed()
        return result

    def _keep_completed(self) -> None:
        """On disk, so that a run that continues this one does not do the same work again."""
        if self._unkept:
            self._job.folder.write_predictions(self._unkept)
            self._unkept = []

    def _lose(self, failure: PageFailure) -> None:
        self._seen.drop(failure.page)
        status = PageStatus.TIMED_OUT if failure.code == PageTimedOut.code else PageStatus.FAILED
        outcome = PageOutcome(failure.page, status, failure.code, failure.reason)
        self._write_checkpoint(outcome)
        self._job.add_page(outcome, None)

    def _write_checkpoint(
        self, outcome: PageOutcome, assembled: str = "", regions: tuple[PageRegion, ...] = ()
    ) -> None:
        record_id, elapsed_s = self._job.record_id, round(self._job.elapsed_s, 3)
        self._job.folder.write_checkpoint(PageCheckpoint(outcome, record_id, elapsed_s, assembled, regions))

    def _save_picture(self, name: str, image: Image.Image) -> None:
        png = io.BytesIO()
        image.save(png, format="PNG", compress_level=PNG_LEVEL)
        self._job.folder.write_picture(name, png.getvalue())

    # -- finish ------------------------------------------------------------------------------------------------------

    def _finish(self, late: bool) -> RunEnding:
        view = self._job.view()
        ending = self._ending(late)
        if view.finished:
            self._job.enter(Stage.ASSEMBLE)
            began = time.monotonic()
            source = export_source(self._job, self._assembler, self._tools.versions)
            self._job.add_time(Stage.ASSEMBLE, time.monotonic() - began)
            failed = write_exports(self._job, source, self._tools.formats)
            output = output_facts(source)
            self._job.update(lambda view: replace(view, output=output))
            if failed is not None and ending.error is None:
                ending = RunEnding(RunStatus.PARTIAL, error_facts(failed))
        return ending

    def _ending(self, late: bool) -> RunEnding:
        view = self._job.view()
        if self._job.cancelled and view.pages_done < len(view.pages):
            return RunEnding(RunStatus.CANCELLED)
        if late:
            return RunEnding(
                RunStatus.PARTIAL if view.finished else RunStatus.ERROR,
                error_facts(RunTimedOut(self._settings.run_seconds)),
            )
        if refused := self._inference.refused:
            return RunEnding(RunStatus.PARTIAL if view.finished else RunStatus.ERROR, error_facts(refused))
        if self._job.most_pages and view.finished and view.unstarted:
            return RunEnding(RunStatus.PARTIAL, error_facts(PagesHeldBack(self._job.most_pages)))
        if not view.finished:
            raise NothingConverted(view.failures[0].reason if view.failures else "")
        return RunEnding(RunStatus.PARTIAL if view.failures or view.unstarted or view.lossy else RunStatus.OK)


def _answered(result: PageResult, task: PageTask, pixels: Path) -> Answered | PageFailure:
    return result if isinstance(result, PageFailure) else Answered(task, result, pixels)


def _model_failure(page: int) -> PageFailure:
    failure = PageModelFailed(page)
    return PageFailure(page, failure.code, failure.message)
