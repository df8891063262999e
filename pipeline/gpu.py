"""The one function that runs under ``@spaces.GPU``: a page batch in, predictions out per micro-batch, model passes only.

On ZeroGPU the client forks the server for each call, so the models must be in place before: ``install`` puts them into the
one module global that Folio allows itself, and the fork inherits it. The argument is pickled, so it holds paths and small
numbers. A failed page is a value in the stream. A bundle of the CPU lane calls ``predict`` instead: it would only burn the
visitor's GPU seconds. Off ZeroGPU the decorator hands the function back unchanged.
"""

from collections.abc import Iterator
from pathlib import Path

import spaces

from pipeline.intake.planning import duration_from_pages
from pipeline.models.bundle import Bundle
from pipeline.pages import PageBatch, PageResult
from pipeline.pixels import page_image

_bundle: Bundle | None = None


def install(bundle: Bundle) -> None:
    """Make ``bundle`` the one that every later call uses. Call it once, before the app is launched."""
    global _bundle  # noqa: PLW0603  the fork inherits module state and nothing else
    _bundle = bundle


def predict(batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """Predict the pages of ``batch`` in this process, yielding one tuple of results per micro-batch, in page order.

    Raises RuntimeError when no bundle is installed, OSError when the batch's pixel file is gone.
    """
    if _bundle is None:
        raise RuntimeError("no model bundle is installed")
    pixels = Path(batch.pixels)
    for start in range(0, len(batch.tasks), _bundle.micro_batch):
        tasks = batch.tasks[start : start + _bundle.micro_batch]
        yield tuple(_bundle.predict(tasks, [page_image(pixels, task.page) for task in tasks]))


@spaces.GPU(duration=duration_from_pages)  # type: ignore[untyped-decorator]
def infer(batch: PageBatch) -> Iterator[tuple[PageResult, ...]]:
    """``predict`` with the GPU, for as many seconds as ``duration_from_pages`` books for the batch."""
    yield from predict(batch)
