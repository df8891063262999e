"""A page batch as the renderer leaves it, of the pages of a corpus."""

from dataclasses import replace
from pathlib import Path

from benchmarks.gpu_pages import Corpus
from pipeline.pages import PageBatch, PageTask, Rates
from pipeline.pixels import PIXELS


def batch_of(pages: Corpus, folder: Path, rates: Rates | None = None) -> PageBatch:
    """The batch, with its pixel file in ``folder``."""
    file, offset = folder / PIXELS, 0
    tasks: list[PageTask] = []
    with file.open("wb") as pixels:
        for task, image in zip(pages.tasks(), pages.images, strict=True):
            pixels.write(image.tobytes())
            tasks.append(replace(task, page=replace(task.page, offset=offset)))
            offset += image.nbytes
    return PageBatch(0, str(file), tuple(tasks), rates or Rates())
