"""What the models say of a run's pages, and on which lane they are asked.

Whatever comes from the models is on disk before the next micro-batch is asked for. On the GPU lane one call is made per page batch,
or fewer pages where more seconds would have to be booked than are admitted. What the GPU refuses or loses is answered in this order:
a booking that is too long is split, once; a lost worker's open pages are asked for again, once in a run; then the run goes on on the
CPU lane if its choice allows that and the lanes have the same networks; else the run ends, to be continued.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pipeline import gpu
from pipeline.intake.booking import ALWAYS_ADMITTED_SECONDS, LONGEST_SECONDS, duration_from_pages, first_call, fitting
from pipeline.models.bundle import Bundle, Lanes
from pipeline.pages import Lane, LaneChoice, PageBatch, PagePrediction, PageResult, PageTask, Rates
from pipeline.pixels import page_image
from pipeline.records import CallEnd
from pipeline.refusals import GpuDurationRefused, GpuQuotaExceeded, GpuRefused, GpuWorkerFailed, GpuWorkerLost
from pipeline.runs.clock import CallClock
from pipeline.runs.job import Job

Said = tuple[PageResult, ...]


class Inference:
    """The models' part of one run, used by the thread that may call the GPU.

    ``stopping`` is asked between micro-batches. ``refused`` is why the GPU was given up, where the run must end for it. ``known`` is
    what was said in the run's earlier attempts, by page.
    """

    def __init__(self, job: Job, lanes: Lanes, rates: Rates, stopping: Callable[[], bool]) -> None:
        self._job, self._lanes, self._rates, self._stopping = job, lanes, rates, stopping
        self._choice = job.view().options.lane
        self.lane = lanes.first(self._choice).lane
        self.refused: GpuRefused | None = None
        self._raw = set(job.folder.raw_pages() if lanes.gpu else ())
        said = job.folder.predictions()
        usable = said.keys() if lanes.gpu else said.keys() - job.folder.raw_pages()
        self.known = {page: result for page in usable if isinstance(result := said[page], PagePrediction)}
        self._most_seconds = LONGEST_SECONDS
        self._split = self._lost = False
        self._lanes_used: tuple[Bundle, ...] = ()

    def predict(self, batch: PageBatch) -> Generator[Said, None, None]:
        """What was said of these pages before, and then the models' word on the others, per micro-batch.

        A page of which nothing is said stays open: the run is stopping, or ``refused`` says why.
        """
        yield tuple(self.known[page] for page in batch.pages if page in self.known)
        left = {task.page.page: task for task in batch.tasks if task.page.page not in self.known}
        while left and not self.refused and not self._stopping():
            rest = replace(batch, tasks=tuple(left.values()), rates=self._rates)
            on_cpu = self.lane is Lane.CPU
            try:
                with closing(self._on_cpu(rest) if on_cpu else self._on_gpu(first_call(rest, self._most_seconds))) as said:
                    for results in said:
                        for result in results:
                            left.pop(result.page, None)
                        yield results
            except GpuRefused as refusal:
                self._settle(refusal, tuple(left.values()), rest)
            if on_cpu:
                return

    def complete(self, task: PageTask, prediction: PagePrediction, pixels: Path) -> PageResult:
        """The prediction with the work added that its bundle left to the CPU. For another thread, while the GPU is on the next pages.

        Raises whatever the bundle raises.
        """
        if prediction.page not in self._raw or self._lanes.gpu is None:
            return prediction
        self._raw.discard(prediction.page)
        return self._lanes.gpu.complete(task, page_image(pixels, task.page), prediction)

    # -- lanes -------------------------------------------------------------------------------------------------------

    def _on_cpu(self, batch: PageBatch) -> Generator[Said, None, None]:
        self._use(self._lanes.cpu)
        for results in gpu.predict(batch):
            self._job.folder.write_predictions(results)
            yield results
            if self._stopping():
                return

    def _on_gpu(self, batch: PageBatch) -> Generator[Said, None, None]:
        """One GPU call. Raises GpuRefused, also where it ended without a word on some of its pages."""
        clock = CallClock(gpu.booked_seconds(batch))
        try:
            with closing(gpu.call(batch, self._stopping)) as stream:
                for said in stream:
                    clock.heard(said.results, said.held_seconds, batch.tasks)
                    self._keep(said)
                    yield said.results
                    if clock.pages == len(batch.tasks):  # whether the client can report the end is of no interest here
                        break
                    clock.ask()
            if clock.pages == len(batch.tasks):
                clock.ended = CallEnd.DONE
            elif not self._stopping():  # a worker that ends by sys.exit looks like one that is done
                raise GpuWorkerLost
        except GpuRefused as refusal:
            clock.ended = CallEnd.LOST if isinstance(refusal, GpuWorkerLost | GpuWorkerFailed) else CallEnd.REFUSED
            self._job.tally.refusal = refusal.code
            raise
        finally:
            self._job.tally.calls.append(clock.facts())
            self._job.update(lambda view: replace(view, gpu=self._job.tally.gpu()))

    def _keep(self, said: gpu.MicroBatch) -> None:
        self._use(self._lanes.first(LaneChoice.GPU))
        self._job.tally.device = said.device
        self._raw.update(result.page for result in said.results if isinstance(result, PagePrediction))
        if said.results:
            self._job.folder.write_predictions(said.results, raw=True)

    def _use(self, bundle: Bundle) -> None:
        """The run's view names the networks that really ran."""
        if bundle in self._lanes_used:
            return
        self._lanes_used = (*self._lanes_used, bundle)
        engines = tuple(dict.fromkeys(engine for used in self._lanes_used for engine in used.engines))
        self._job.update(lambda view: replace(view, bundle=bundle.name, engines=engines))

    # -- refusals ----------------------------------------------------------------------------------------------------

    def _settle(self, refusal: GpuRefused, left: Sequence[PageTask], batch: PageBatch) -> None:
        """Decide how the run goes on: asking again, on the other lane, or not at all."""
        refused = first_call(batch, self._most_seconds)
        if isinstance(refusal, GpuDurationRefused) and not self._split and len(refused.tasks) > 1:
            self._split = True
            self._most_seconds = min(ALWAYS_ADMITTED_SECONDS, duration_from_pages(refused) // 2)
        elif isinstance(refusal, GpuWorkerLost | GpuWorkerFailed) and not self._lost:
            self._lost = True
        elif self._choice is LaneChoice.GPU_THEN_CPU and self._may_change():
            self._change()
        else:
            self.refused = refusal
            fits = self._fitting(refusal, left)
            self._job.update(lambda view: replace(view, fitting_pages=fits))

    def _may_change(self) -> bool:
        return self._lanes.interchangeable or not (self.known or self._lanes_used)

    def _change(self) -> None:
        self.lane = Lane.CPU
        if not self._lanes.interchangeable:
            self._job.folder.write_bundle(self._lanes.cpu.name)
        self._job.update(lambda view: replace(view, lane=Lane.CPU))

    def _fitting(self, refusal: GpuRefused, left: Sequence[PageTask]) -> int:
        if not isinstance(refusal, GpuQuotaExceeded) or refusal.seconds_left is None:
            return 0
        return fitting(left, self._rates, refusal.seconds_left / gpu.booking_factor())
