"""Model bundles for tests that are about runs and not about models."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PageModelFailed
from pipeline.pages import Box, EngineInfo, Lane, LayoutLabel, LayoutRegion, PageFailure, PagePrediction, PageResult, PageTask


class WholePageBundle:
    """Calls every page one block of text, one page per micro-batch; fails the pages it is told to fail.

    With ``gate`` given, each page after the first waits until the gate is open, so that a test can act in mid-run.
    """

    name = "whole-page"
    engines = (EngineInfo("layout", "whole page", "none"),)
    micro_batch = 1

    def __init__(self, failing: frozenset[int] = frozenset(), gate: threading.Event | None = None, lane: Lane = Lane.CPU) -> None:
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
        if page in self.failing:
            failure = PageModelFailed(page)
            return PageFailure(page, failure.code, failure.message)
        size = task.page.facts.size
        region = LayoutRegion(LayoutLabel.TEXT, 0.9, Box(0, 0, size.width, size.height))
        return PagePrediction(page, (region,), (), (), ocr=False, layout_ms=1.0, ocr_ms=0.0, table_ms=0.0)
