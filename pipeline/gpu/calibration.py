"""Rates of the GPU lane, learnt from the newest records: what the next run books and what its estimate says."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.gpu.booking import NEWEST_CALLS, estimate_calls, rates_from
from pipeline.pages import Rates
from pipeline.records import CallEnd, ConvertOptions, GpuCall, IterationRecord
from pipeline.run_price import GpuEstimate
from pipeline.store.ledger import Ledger
from pipeline.store.packs import newest_records
from pipeline.survey import ocr_shares

RECORDS_READ = 200  # at start-up, newest first; one that is not packed is a file


class Calibration:
    """The calls of one bundle on the device that was used last, newest first. Only whole records are ever added."""

    def __init__(self, margin: Callable[[], float] = lambda: Rates().margin) -> None:
        """``margin`` gives the margin of bookings that is in effect."""
        self._margin = margin
        self._bundle = self._device = ""
        self._calls: deque[GpuCall] = deque(maxlen=4 * NEWEST_CALLS)
        self._rates = Rates()

    def read(self, ledger: Ledger, bundle: str) -> None:
        """Begin with what the ledger's newest records say of ``bundle``, also those that were packed."""
        self._bundle = bundle
        for record in newest_records(ledger, RECORDS_READ):
            self.learn(record)

    def learn(self, record: IterationRecord) -> None:
        """Take in a run that has ended. Calls on another device than before are a new beginning; one that was refused
        saw none.
        """
        whole = [call for call in record.gpu.made if call.ended is CallEnd.DONE]
        if (record.gpu.bundle or record.bundle) != self._bundle or not whole:
            return
        if record.gpu.device != self._device:
            self._device = record.gpu.device
            self._calls.clear()
        self._calls.extendleft(whole)
        self._rates = rates_from(tuple(self._calls))

    def rates(self) -> Rates:
        """The rates as of now."""
        return replace(self._rates, margin=self._margin())


def estimate(
    batches: Sequence[int],
    options: ConvertOptions,
    rates: Rates,
    scanned_share: float | None = None,
    *,
    formulas: bool = False,
) -> GpuEstimate:
    """What a run of these page batches books, ``scanned_share`` of whose pages are scans. Where that is unknown and
    decided page by page, the estimate has what is booked without any, and if all of them are. ``formulas`` says that
    those of scans are read as LaTeX.
    """
    shares = ocr_shares(options.ocr, scanned_share)
    least, most = (
        estimate_calls(batches, rates, tables=options.tables, ocr=share, formulas=formulas) for share in shares
    )
    return GpuEstimate(sum(batches), len(least), sum(least), sum(most))
