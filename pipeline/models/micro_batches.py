"""A bundle's predictions for a page batch, a few pages at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import PageError
from pipeline.models.bundle import Bundle, OutOfMemory
from pipeline.pages import PageBatch, PageFailure, PageResult
from pipeline.pixels import page_image


def micro_batches(
    bundle: Bundle, batch: PageBatch, too_large: Callable[[int], PageError]
) -> Iterator[tuple[PageResult, ...]]:
    """One tuple of results per micro-batch, in page order.

    Micro-batches are halved for the rest of the batch where one does not fit into memory. A page that does not fit
    alone is lost, with the failure that ``too_large`` makes of its number. Raises OSError when the batch's pixel file
    is gone.
    """
    pixels, size, start = Path(batch.pixels), bundle.micro_batch, 0
    while start < len(batch.tasks):
        tasks = batch.tasks[start : start + size]
        try:
            results = tuple(bundle.predict(tasks, [page_image(pixels, task.page) for task in tasks]))
        except OutOfMemory:
            if len(tasks) > 1:
                size = len(tasks) // 2
                continue
            failure = too_large(tasks[0].page.page)
            results = (PageFailure(failure.page, failure.code, failure.message),)
        yield results
        start += len(tasks)
