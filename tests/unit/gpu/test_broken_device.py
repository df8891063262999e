"""A device that breaks costs its call and its worker, and never a page."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pipeline.errors import GpuBroken, GpuWorkerFailed
from pipeline.gpu import worker
from pipeline.gpu.call import gpu_call
from pipeline.models.bundle import DeviceBroken, Lanes, OutOfMemory
from pipeline.models.light_torch.reading import predict_together
from pipeline.pages import Lane, PageBatch, PageFailure, PagePrediction, PageResult, PageTask
from tests.support.batches import batch_of
from tests.support.bundles import WholePageBundle

PAGES = 8


class BrokenBundle(WholePageBundle):
    """Its networks raise ``error`` on every page."""

    micro_batch = PAGES

    def __init__(self, error: Exception) -> None:
        super().__init__(lane=Lane.GPU)
        self.error = error
        self.passes = 0

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        return predict_together(self._raise, tasks, images)

    def _raise(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> Sequence[PagePrediction]:
        self.passes += 1
        raise self.error


@pytest.fixture
def batch(tmp_path: Path) -> PageBatch:
    order = batch_of(PAGES)
    (tmp_path / "pixels").write_bytes(bytes(3 * 10 * 10))
    return PageBatch(0, str(tmp_path / "pixels"), order.tasks)


def call(bundle: WholePageBundle, batch: PageBatch) -> list[PageResult]:
    worker.install(Lanes(WholePageBundle(), bundle))
    return [result for micro_batch in gpu_call(batch, lambda: False) for result in micro_batch.results]


def test_a_poisoned_context_refuses_the_call_and_loses_no_page(batch: PageBatch) -> None:
    bundle = BrokenBundle(torch.AcceleratorError("CUDA error: an illegal memory access was encountered"))
    with pytest.raises(GpuBroken):
        call(bundle, batch)
    assert bundle.passes == 1, "no page is tried alone on a device that cannot compute"


def test_not_one_page_of_several_counts_as_a_failed_worker_and_not_as_a_broken_card(batch: PageBatch) -> None:
    """One hostile document must not close a server's card for the others."""
    bundle = BrokenBundle(ValueError("every page"))
    with pytest.raises(GpuWorkerFailed):
        call(bundle, batch)
    once = bundle.passes
    with pytest.raises(GpuWorkerFailed):
        list(gpu_call(batch, lambda: False))
    assert bundle.passes == 2 * once


def test_a_card_that_broke_stays_broken_whatever_another_run_beside_it_meets(batch: PageBatch) -> None:
    class TwoRuns(WholePageBundle):
        """The first run breaks the card between two passes of the second, whose pages then fail one and all."""

        micro_batch = PAGES // 2
        passes = 0

        def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
            self.passes += 1
            if self.passes == 2:
                raise DeviceBroken
            self.failing = frozenset(task.page.page for task in tasks) if self.passes == 3 else frozenset()
            return super().predict(tasks, images)

    worker.install(Lanes(WholePageBundle(), TwoRuns(lane=Lane.GPU)))
    second = worker.infer(batch)
    next(second)
    with pytest.raises(DeviceBroken):
        next(worker.infer(batch))
    with pytest.raises(worker.NothingPredicted):
        next(second)
    with pytest.raises(DeviceBroken):
        next(worker.infer(batch))


def test_a_page_that_fails_among_others_is_that_pages_failure(batch: PageBatch) -> None:
    bundle = WholePageBundle(lane=Lane.GPU, failing=frozenset({3}))
    failures = [result.page for result in call(bundle, batch) if isinstance(result, PageFailure)]
    assert failures == [3]


def test_a_worker_of_zerogpu_ends_with_its_device(batch: PageBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform would give it the next call. Here the fork is made by hand."""
    worker.install(Lanes(WholePageBundle(), BrokenBundle(torch.AcceleratorError("CUDA error"))))
    monkeypatch.setattr(worker, "on_zerogpu", lambda: True)
    child = os.fork()
    if not child:
        try:
            list(worker.infer(batch))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == worker.BROKEN_STATUS


def test_a_device_that_fails_after_an_ordinary_error_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", broken)
    tasks = batch_of(2).tasks
    with pytest.raises(DeviceBroken):
        BrokenBundle(ValueError("of the page")).predict(tasks, [np.zeros((1, 1, 3), np.uint8)] * 2)


def test_compiled_code_that_fails_on_several_pages_is_tried_on_fewer() -> None:
    bundle, tasks = BrokenBundle(RuntimeError("aoti_torch_mm API call failed at model.cpp")), batch_of(2).tasks
    images = [np.zeros((1, 1, 3), np.uint8)] * 2
    with pytest.raises(OutOfMemory):
        bundle.predict(tasks, images)
    (alone,) = bundle.predict(tasks[:1], images[:1])
    assert isinstance(alone, PageFailure)
