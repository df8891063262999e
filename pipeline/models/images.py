"""From pixels to network input."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

SMOOTHED_FROM = 2.5  # times the wanted size; a page of A4 at 144 dpi is up to twice its networks' input
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


class Normalizer:
    """``(pixel / 255 - mean) / deviation`` per channel, as a table look-up: the same value as computing it, in one
    pass.
    """

    def __init__(self, mean: Sequence[float], deviation: Sequence[float]) -> None:
        levels = np.arange(256, dtype=np.float64)[:, None] / 255.0
        self._table = ((levels - np.array(mean)) / np.array(deviation)).astype(np.float32)[None]

    def planes(self, image: Pixels) -> Floats:
        """(height, width, 3) uint8 to (3, height, width) float32; a view, not contiguous."""
        values = np.asarray(cv2.LUT(image, self._table), dtype=np.float32)
        return values.transpose(2, 0, 1)


def resize(image: Pixels, width: int, height: int) -> Pixels:
    """Bilinear, as the networks were trained; an image of more than twice the size is first averaged down to that, so
    that thin strokes of fine scans are not skipped.
    """
    if image.shape[0] > SMOOTHED_FROM * height and image.shape[1] > SMOOTHED_FROM * width:
        image = np.asarray(cv2.resize(image, (2 * width, 2 * height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def grey(image: Pixels) -> Grey:
    """(height, width, 3) RGB to (height, width)."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
