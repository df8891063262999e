"""Model bundles for tests that are about runs and not about models."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PageModelFailed
from pipeline.pages import (
    Box,
    EngineInfo,
    Lane,
    LayoutLabel,
    LayoutRegion,
    PageFailure,
    PagePrediction,
    PageResult,
    PageTask,
    TableCell,
    TableStructure,
)

SHOWN_SECONDS = 0.002  # what a page holds a GPU at least: records round a call's seconds to milliseconds


class WholePageBundle:
    """Calls every page one block of text, one page per micro-batch; fails the pages it is told to fail.

    With ``gate`` given, each page after the first waits until the gate is open, so that a test can act in mid-run.
    """

    name = "whole-page"
    revision = "1"
    leaves_work = False
    skips_clear = False
    reads_formulas = False
    engines = (EngineInfo("layout", "whole page", "none"),)
    micro_batch = 1

    def __init__(
        self, failing: frozenset[int] = frozenset(), gate: threading.Event | None = None, lane: Lane = Lane.CPU
    ) -> None:
        self.failing = failing
        self.lane = lane
        self.gate = gate
        self.seen: list[int] = []

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        return [self._predict(task) for task in tasks]

    def complete(self, task: PageTask, image: NDArray[np.uint8], result: PageResult) -> PageResult:
        return result

    def _predict(self, task: PageTask) -> PageResult:
        if self.gate is not None and self.seen:
            assert self.gate.wait(60)
        page = task.page.page
        self.seen.append(page)
        if self.lane is Lane.GPU:
            time.sleep(SHOWN_SECONDS)
        if page in self.failing:
            failure = PageModelFailed(page)
            return PageFailure(page, failure.code, failure.message)
        return self.whole(task)

    def whole(self, task: PageTask) -> PagePrediction:
        """One block of text over the whole page."""
        page, size = task.page.page, task.page.facts.size
        region = LayoutRegion(LayoutLabel.TEXT, 0.9, Box(0, 0, size.width, size.height))
        return PagePrediction(page, (region,), (), (), ocr=False, layout_ms=1.0, ocr_ms=0.0, table_ms=0.0)


class RichBundle(WholePageBundle):
    """Cuts every page into a header, a heading, text, a picture and a table of two by two, as docling takes it."""

    def whole(self, task: PageTask) -> PagePrediction:
        size = task.page.facts.size
        labels = (
            LayoutLabel.PAGE_HEADER,
            LayoutLabel.SECTION_HEADER,
            LayoutLabel.TEXT,
            LayoutLabel.PICTURE,
            LayoutLabel.TABLE,
        )
        step = size.height / len(labels)
        boxes = [Box(20, place * step + 2, size.width - 20, (place + 1) * step - 2) for place in range(len(labels))]
        regions = tuple(LayoutRegion(label, 0.9, box) for label, box in zip(labels, boxes, strict=True))
        cells = tuple(TableCell(row, column, 1, 1, row == 0, None) for row in (0, 1) for column in (0, 1))
        table = TableStructure(boxes[-1], 0.9, 2, 2, cells)
        return replace(super().whole(task), regions=regions, tables=(table,), settled=True)


class RefusingBundle(WholePageBundle):
    """A bundle of the GPU lane that raises what ``script`` says before a page, once for each entry, and ``calls`` its
    micro-batches.

    What ZeroGPU's client raises in the caller, this raises in the pass: off ZeroGPU both arrive at the same place.
    """

    def __init__(
        self,
        script: Sequence[tuple[int, Exception]] = (),
        name: str = "whole-page",
        micro_batch: int = 1,
        seconds: float = 0.0,
    ) -> None:
        """``seconds`` are what a pass takes at least."""
        super().__init__(lane=Lane.GPU)
        self.name, self.micro_batch, self._seconds = name, micro_batch, seconds
        self._script = list(script)
        self.calls: list[tuple[int, ...]] = []

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        pages = tuple(task.page.page for task in tasks)
        for entry in self._script:
            if entry[0] in pages:
                self._script.remove(entry)
                raise entry[1]
        self.calls.append(pages)
        time.sleep(self._seconds)
        return super().predict(tasks, images)


class HalfBundle(RefusingBundle):
    """Leaves a page's region to the CPU, and counts how often it was asked for that."""

    leaves_work = True

    def __init__(self, script: Sequence[tuple[int, Exception]] = ()) -> None:
        super().__init__(script)
        self.completed: list[int] = []

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        found = super().predict(tasks, images)
        return [replace(result, regions=()) if isinstance(result, PagePrediction) else result for result in found]

    def complete(self, task: PageTask, image: NDArray[np.uint8], result: PageResult) -> PageResult:
        assert image.shape == (task.page.height, task.page.width, 3)
        self.completed.append(task.page.page)
        return self.whole(task)
