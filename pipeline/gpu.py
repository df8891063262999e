"""The one function that runs under ``@spaces.GPU``: a page batch in, predictions out per micro-batch, model passes only.

On ZeroGPU the client forks the server for each call, so the models must be in place before: ``install`` puts them into the
one module global that Folio allows itself, and the fork inherits it. The argument is pickled, so it holds paths and small
numbers. A failed page is a value in the stream. The CPU lane calls ``predict`` instead: it would only burn the visitor's GPU
seconds. Off ZeroGPU the decorator hands the function back unchanged.
"""

from collections.abc import Iterator
from pathlib import Path

import spaces

from pipeline.intake.planning import duration_from_pages
from pipeline.models.bundle import Bundle, Lanes
from pipeline.pages import PageBatch, PageResult
from pipeline.pixels import page_image

_lanes: Lanes | None = None


def install(lanes: Lanes) -> None:
    """Make these the bundles that every later call uses. Call it once, before the app is launched."""
    global _lanes  # noqa: PLW0603  the fork inherits module state and nothing else
    _lanes = lanes


def predict(batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """Predict the pages of ``batch`` on the CPU lane, yielding one tuple of results per micro-batch, in page order.

    Raises RuntimeError when no bundle is installed, OSError when the batch's pixel file is gone.
    """
    if _lanes is None:
        raise RuntimeError("no model bundle is installed")
    yield from _predict(_lanes.cpu, batch)


@spaces.GPU(duration=duration_from_pages)  # type: ignore[untyped-decorator]
def infer(batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """As ``predict``, on the GPU, for as many seconds as ``duration_from_pages`` books for the batch."""
    if _lanes is None or _lanes.gpu is None:
        raise RuntimeError("no model bundle is installed for the GPU")
    yield from _predict(_lanes.gpu, batch)


def _predict(bundle: Bundle, batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    pixels = Path(batch.pixels)
    for start in range(0, len(batch.tasks), bundle.micro_batch):
        tasks = batch.tasks[start : start + bundle.micro_batch]
        yield tuple(bundle.predict(tasks, [page_image(pixels, task.page) for task in tasks]))
