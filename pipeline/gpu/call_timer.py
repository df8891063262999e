"""The clock of one GPU call, kept by the process that hears it."""

import time
from collections.abc import Sequence

from pipeline.pages import PagePrediction, PageResult, PageTask
from pipeline.records import CallEnd, GpuCall


class CallClock:
    """Adds up what a call says.

    A call that dies without a last word is taken to have held the GPU until its death was noticed, or for as long as it
    was booked.
    """

    def __init__(self, booked_seconds: float) -> None:
        self.pages = 0
        self.ended = CallEnd.STOPPED
        self._booked = booked_seconds
        self._asked = time.monotonic()
        self._held = self._start = 0.0
        self._later_pages = self._later_table_pages = self._later_ocr_pages = 0
        self._page_seconds = self._table_seconds = self._ocr_seconds = 0.0

    def ask(self) -> None:
        """The next micro-batch is waited for from now on."""
        self._asked = time.monotonic()

    def heard(self, results: Sequence[PageResult], held_seconds: float, tasks: Sequence[PageTask]) -> None:
        """A micro-batch has arrived, by which the call had held the device for ``held_seconds``; ``tasks`` are the
        call's.
        """
        if self.pages:
            self._learn(results, held_seconds - self._held, {task.page.page for task in tasks if task.tables})
        else:
            self._start = held_seconds - min(_formula_seconds(results), held_seconds)
        self.pages += len(results)
        self._held = held_seconds

    def _learn(self, results: Sequence[PageResult], seconds: float, with_tables: set[int]) -> None:
        """Share the micro-batch's seconds among the kinds of work as its predictions tell their times. Formulas have a
        fixed time, from which nothing is to be learned.
        """
        seconds -= min(_formula_seconds(results), seconds)
        said = [result for result in results if isinstance(result, PagePrediction)]
        tables, ocr = sum(page.table_ms for page in said), sum(page.ocr_ms for page in said)
        per_ms = seconds / (sum(page.layout_ms for page in said) + tables + ocr or 1.0)
        self._later_pages += len(results)
        self._later_table_pages += sum(result.page in with_tables for result in results)
        self._later_ocr_pages += sum(page.ocr for page in said)
        self._table_seconds += tables * per_ms
        self._ocr_seconds += ocr * per_ms
        self._page_seconds += seconds - (tables + ocr) * per_ms

    def facts(self) -> GpuCall:
        """The call as the record has it."""
        until_now = min(self._held + time.monotonic() - self._asked, max(self._booked, self._held))
        used = {CallEnd.REFUSED: 0.0, CallEnd.LOST: until_now}.get(self.ended, self._held)
        return GpuCall(
            pages=self.pages,
            booked_seconds=round(self._booked, 3),
            used_seconds=round(used, 3),
            ended=self.ended,
            start_seconds=round(self._start, 3),
            later_pages=self._later_pages,
            later_table_pages=self._later_table_pages,
            later_ocr_pages=self._later_ocr_pages,
            page_seconds=round(self._page_seconds, 4),
            table_seconds=round(self._table_seconds, 4),
            ocr_seconds=round(self._ocr_seconds, 4),
        )


def _formula_seconds(results: Sequence[PageResult]) -> float:
    return sum(result.formula_ms for result in results if isinstance(result, PagePrediction)) / 1000
