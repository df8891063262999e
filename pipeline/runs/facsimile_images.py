"""Images of pages for reading, as small as they can be and still be read."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.models.images import jpeg

LONGEST_SIDE = 2016  # pixels: a page of A4, Letter or Legal is kept as it was drawn; making it smaller costs 16 ms
QUALITY = 50  # of JPEG: at this size small print can be read, and a page of text takes 150 to 200 kB


def facsimile_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """The image for reading of a page, from its (height, width, 3) uint8 RGB pixels, as JPEG."""
    if max(pixels.shape[:2]) > LONGEST_SIDE:
        image = Image.fromarray(pixels)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(image)
    return jpeg(pixels, QUALITY)
