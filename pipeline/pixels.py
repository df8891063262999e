"""Page images as arrays over a batch's pixel file: no copy, no native library, the same view in every process."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import RenderedPage

BYTES_PER_PIXEL = 3  # red, green, blue
PIXELS = "pixels.rgb"  # name of the pixel file in a batch's folder


def page_image(pixels: Path, page: RenderedPage) -> NDArray[np.uint8]:
    """The image of ``page``: (height, width, 3) uint8 RGB, read-only, memory-mapped from the pixel file.

    The mapping lives as long as the array does, also when the file is deleted meanwhile. Raises OSError where the file
    is missing and ValueError where it is too short.
    """
    shape = (page.height, page.width, 3)
    return np.asarray(np.memmap(pixels, dtype=np.uint8, mode="r", offset=page.offset, shape=shape))
