"""A finished page as it looks, to be laid beside its text: its image, small, and where its elements stand."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.models.images import jpeg
from pipeline.pages import PageRegion
from pipeline.store.artifacts import RunFolder

LONGEST_SIDE = 2016  # pixels: a page of A4, Letter or Legal is kept as it was drawn; making it smaller costs 16 ms
QUALITY = 50  # of JPEG: at this size small print can be read, and a page of text takes 150 to 200 kB


@dataclass(frozen=True, slots=True)
class Facsimile:
    """A page's image file, and the page's elements in reading order."""

    page: int
    image: Path
    regions: tuple[PageRegion, ...]


def facsimile_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """The image for reading of a page, from its (height, width, 3) uint8 RGB pixels, as JPEG."""
    if max(pixels.shape[:2]) > LONGEST_SIDE:
        image = Image.fromarray(pixels)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(image)
    return jpeg(pixels, QUALITY)


def facsimile(folder: RunFolder, page: int) -> Facsimile | None:
    """The page as it looks; None for one that is not finished, or was by an older Folio."""
    image, checkpoint = folder.facsimile(page), folder.checkpoint(page)
    there = image.is_file() and image.stat().st_size > 0  # a loss of power leaves an empty file
    return Facsimile(page, image, checkpoint.regions) if checkpoint and there else None
