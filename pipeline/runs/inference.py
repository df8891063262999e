"""What the models say of a run's pages, and on which lane they are asked.

Whatever comes from the models is on disk before the next micro-batch is asked for. On the GPU lane one call is made per
page batch, or fewer pages where more seconds would have to be booked than are admitted; on a server's own card nothing
is booked. What the GPU refuses or loses
is answered in this order: a booking that is too long is split, once; a lost worker's open pages are asked for again,
once in a run; then the run goes on on the CPU lane if its choice allows that; else the run ends, to be continued.

The lanes may have different models. What one of them said of a page stays: it was paid for, it is the better layout
where it is the GPU's, and the text is the same, since it is the PDF's own or read by the same networks. So a document
can have pages of two bundles; each prediction names its own.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from math import inf
from pathlib import Path

from pipeline.errors import (
    GpuBroken,
    GpuDurationRefused,
    GpuQuotaExceeded,
    GpuRefused,
    GpuWorkerFailed,
    GpuWorkerLost,
    PageOutOfModelMemory,
)
from pipeline.gpu.booking import LONGEST_SECONDS, booked_seconds, first_call, fitting, smaller_booking
from pipeline.gpu.call import gpu_call
from pipeline.gpu.call_timer import CallClock
from pipeline.gpu.worker import MicroBatch
from pipeline.models.bundle import Bundle, Lanes
from pipeline.models.micro_batches import micro_batches
from pipeline.pages import EngineInfo, Lane, LaneChoice, PageBatch, PagePrediction, PageResult, PageTask, Rates
from pipeline.pixels import page_image
from pipeline.records import CallEnd
from pipeline.runs.job import Job
from pipeline.stages.replay import without_network

Said = tuple[PageResult, ...]


class Inference:
    """The models' part of one run, used by the thread that may call the GPU.

    ``stopping`` is asked between micro-batches. ``refused`` is why the GPU was given up, where the run must end for it.
    ``known`` is what was said in the run's earlier attempts, by page.
    """

    def __init__(self, job: Job, lanes: Lanes, rates: Rates, stopping: Callable[[], bool]) -> None:
        self._job, self._lanes, self._rates, self._stopping = job, lanes, rates, stopping
        self._choice = job.options.lane
        self._first = lanes.first(self._choice)
        self.lane = self._first.lane
        self.skips_clear = self._first.skips_clear
        self.reads_formulas = self._first.reads_formulas
        self.refused: GpuRefused | None = None
        raw = job.folder.raw_pages()
        said = {page: result for page, result in job.folder.predictions().items() if isinstance(result, PagePrediction)}
        self._raw = {page for page in raw if lanes.gpu is not None and _is_by(lanes.gpu, said[page])}
        self.known = {page: result for page, result in said.items() if page not in raw - self._raw}
        self._most_seconds: float = LONGEST_SECONDS if lanes.booked else inf
        self._split = self._lost = self._quota_asked = False
        self._spoken: dict[
            tuple[str, tuple[EngineInfo, ...]], None
        ] = {}  # bundles that have said something, in their order
        engines = {bundle.name: bundle.engines for bundle in (*lanes.bundles, self._first)}
        for prediction in self.known.values():
            name = (
                prediction.bundle or self._first.name
            )  # an older Folio kept no name, and gave on what was of the same bundle only
            self._name(name, engines.get(name, ()))
        self._compare_models(tuple(self.known.values()))

    def predict(self, batch: PageBatch) -> Generator[Said, None, None]:
        """What was said of these pages before, the pages that need no network, and then the models' word on the others,
        per micro-batch.

        A page of which nothing is said stays open: the run is stopping, or ``refused`` says why.
        """
        yield tuple(self.known[page] for page in batch.pages if page in self.known)
        left = {task.page.page: task for task in batch.tasks if task.page.page not in self.known}
        if unasked := [page for page, task in left.items() if not task.needs_network]:
            yield self._taken(self._first, tuple(without_network(page) for page in unasked))
        left = {page: task for page, task in left.items() if task.needs_network}
        while left and not self.refused and not self._stopping():
            rest = replace(batch, tasks=tuple(left.values()), rates=self._rates)
            on_cpu = self.lane is Lane.CPU
            try:
                with closing(
                    self._on_cpu(rest) if on_cpu else self._on_gpu(first_call(rest, self._most_seconds))
                ) as said:
                    for results in said:
                        for result in results:
                            left.pop(result.page, None)
                        yield results
            except GpuRefused as refusal:
                self._settle(refusal, tuple(left.values()), rest)
            if on_cpu:
                return

    def complete(self, task: PageTask, prediction: PagePrediction, pixels: Path) -> PageResult:
        """The prediction with the work added that its bundle left to the CPU. For another thread, while the GPU is on
        the next pages.

        Raises whatever the bundle raises.
        """
        if prediction.page not in self._raw or self._lanes.gpu is None:
            return prediction
        self._raw.discard(prediction.page)
        return _signed(self._lanes.gpu, self._lanes.gpu.complete(task, page_image(pixels, task.page), prediction))

    # -- lanes -------------------------------------------------------------------------------------------------------

    def _on_cpu(self, batch: PageBatch) -> Generator[Said, None, None]:
        for results in micro_batches(self._lanes.cpu, batch, PageOutOfModelMemory):
            said = self._taken(self._lanes.cpu, results)
            self._job.folder.write_predictions(said)
            yield said
            if self._stopping():
                return

    def _on_gpu(self, batch: PageBatch) -> Generator[Said, None, None]:
        """One GPU call. Raises GpuRefused, also where it ended without a word on some of its pages."""
        clock = CallClock(booked_seconds(batch) if self._lanes.booked else 0.0)
        self._job.tally.gpu_bundle = self._lanes.first(LaneChoice.GPU).name
        try:
            with closing(gpu_call(batch, self._stopping)) as stream:
                for said in stream:
                    clock.heard(said.results, said.held_seconds, batch.tasks)
                    yield self._kept(said)
                    if clock.pages == len(batch.tasks):  # whether the client can report the end is of no interest here
                        break
                    clock.ask()
            if clock.pages == len(batch.tasks):
                clock.ended = CallEnd.DONE
            elif not self._stopping():  # a worker that ends by sys.exit looks like one that is done
                raise GpuWorkerLost
        except GpuRefused as refusal:
            lost = isinstance(refusal, GpuWorkerLost | GpuWorkerFailed | GpuBroken)
            clock.ended = CallEnd.LOST if lost else CallEnd.REFUSED
            self._job.tally.refusal = refusal.code
            raise
        finally:
            self._job.add_call(clock.facts())

    def _kept(self, said: MicroBatch) -> Said:
        self._job.tally.device = said.device
        bundle = self._lanes.first(LaneChoice.GPU)
        results = self._taken(bundle, said.results)
        if bundle.leaves_work:
            self._raw.update(result.page for result in results if isinstance(result, PagePrediction))
        if results:
            self._job.folder.write_predictions(results, raw=bundle.leaves_work)
        return results

    def _taken(self, bundle: Bundle, results: Said) -> Said:
        """The results with the name of the bundle that they are of."""
        self._name(bundle.name, bundle.engines)
        signed = tuple(_signed(bundle, result) for result in results)
        self._compare_models(signed)
        return signed

    def _compare_models(self, results: Said) -> None:
        """The run's view tells where a page was read by other models than those that the run began with."""
        if not all(_is_by(self._first, result) for result in results if isinstance(result, PagePrediction)):
            self._job.update(lambda view: replace(view, as_asked=False))

    def _name(self, bundle: str, engines: tuple[EngineInfo, ...]) -> None:
        """The run's view names the models that read its pages, and the engines that ran them."""
        if (bundle, engines) in self._spoken:
            return
        self._spoken[bundle, engines] = None
        names = dict.fromkeys(name for name, _ in self._spoken)
        known = tuple(dict.fromkeys(engine for _, own in self._spoken for engine in own))
        self._job.update(lambda view: replace(view, bundle="+".join(names), engines=known))

    # -- refusals ----------------------------------------------------------------------------------------------------

    def _settle(self, refusal: GpuRefused, left: Sequence[PageTask], batch: PageBatch) -> None:
        """Decide how the run goes on: asking again, on the other lane, or not at all."""
        call = first_call(batch, self._most_seconds)
        smaller = smaller_booking(call)
        admitted = self._admitted(refusal, call)
        if isinstance(refusal, GpuDurationRefused) and not self._split and smaller:
            self._split = True
            self._most_seconds = smaller
        elif isinstance(refusal, GpuWorkerLost | GpuWorkerFailed) and not self._lost:
            self._lost = True
        elif self._choice is LaneChoice.GPU_THEN_CPU and admitted:
            self._quota_asked = True
            self._most_seconds = admitted
        elif self._choice is LaneChoice.GPU_THEN_CPU:
            self.lane = Lane.CPU
            self._job.update(lambda view: replace(view, lane=Lane.CPU))
        else:
            self.refused = refusal
            fits = self._fitting(refusal, left)
            self._job.update(lambda view: replace(view, fitting_pages=fits))

    def _admitted(self, refusal: GpuRefused, call: PageBatch) -> int:
        """The seconds that the visitor's quota still has for some of the pages, once in a run; else 0."""
        if self._quota_asked or not isinstance(refusal, GpuQuotaExceeded) or refusal.seconds_left is None:
            return 0
        left = refusal.seconds_left
        return left if left < booked_seconds(call) and fitting(call.tasks, self._rates, left) else 0

    def _fitting(self, refusal: GpuRefused, left: Sequence[PageTask]) -> int:
        if not isinstance(refusal, GpuQuotaExceeded) or refusal.seconds_left is None:
            return 0
        return fitting(left, self._rates, refusal.seconds_left)


def _is_by(bundle: Bundle, prediction: PagePrediction) -> bool:
    return (prediction.bundle, prediction.revision) == (bundle.name, bundle.revision)


def _signed(bundle: Bundle, result: PageResult) -> PageResult:
    return (
        replace(result, bundle=bundle.name, revision=bundle.revision) if isinstance(result, PagePrediction) else result
    )
