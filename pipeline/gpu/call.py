"""One GPU call as the runs make it: the GPU function under a watch, with every failure as a class of the error tree."""

import logging
from collections.abc import Callable, Generator
from contextlib import closing

from pipeline.gpu.booking import booked_seconds
from pipeline.gpu.client_refusals import refusal_of
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.gpu.visitor_token import note_lifetime
from pipeline.gpu.watch import CallWatch, Patience
from pipeline.gpu.worker import MicroBatch, infer, stop_file
from pipeline.pages import PageBatch

_log = logging.getLogger(__name__)
PATIENCE = Patience()


def gpu_call(batch: PageBatch, stopping: Callable[[], bool]) -> Generator[MicroBatch, None, None]:
    """``infer``, made in the thread that carries the visitor's request. Raises GpuRefused.

    Once ``stopping`` says so it ends after the micro-batch under way, which still arrives. A worker that gives nothing
    for far longer than it was booked for is ended, and raises GpuWorkerLost. Closing the iterator ends the call too,
    without what is under way.
    """
    if on_zerogpu():
        note_lifetime()
    stream = infer(batch)
    try:
        with CallWatch(stream, booked_seconds(batch), stopping, stop_file(batch), PATIENCE) as watch, closing(stream):
            for said in stream:
                watch.heard()
                yield said
                if not watch.pass_on_stop():
                    break
    except Exception as error:
        refusal = refusal_of(error)
        _log.warning("the GPU lane: %s (%s: %s)", refusal.code, type(error).__name__, error)
        raise refusal from None
