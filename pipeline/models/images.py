"""From pixels to network input."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

FAINT = 80  # levels of 255 by which the darkest marks differ from the paper, below which contrast is stretched
NO_MARKS = 6  # the same once noise is averaged out, below which there is nothing to stretch
CONTRAST_STEP = 4  # every fourth pixel of every fourth row is looked at
RARE_SHARE = 0.0002  # of the pixels are beyond the darkest marks that count: a short line leaves more
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


def with_contrast(image: Pixels) -> Pixels:
    """An image of faint marks, (height, width, 3) RGB, with its paper and its marks driven to opposite ends of the
    scale; any other image as it is.

    Noise is averaged out over 3 × 3 pixels first, because it would be stretched like the marks.
    """
    paper, low, high = _levels(image)
    if max(paper - low, high - paper) >= FAINT:
        return image
    smooth = np.asarray(cv2.blur(image, (3, 3)), dtype=np.uint8)
    paper, low, high = _levels(smooth)
    reach = max(paper - low, high - paper)
    if reach < NO_MARKS:
        return image
    start, end = (low, paper) if paper - low >= high - paper else (paper, high)
    table = np.clip((np.arange(256) - start) * 255.0 / (end - start), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(smooth, table), dtype=np.uint8)


def _levels(image: Pixels) -> tuple[int, int, int]:
    """The commonest level of a sample of the green pixels, and the lowest and the highest that are not chance."""
    counts = np.bincount(image[::CONTRAST_STEP, ::CONTRAST_STEP, 1].ravel(), minlength=256)
    below = np.cumsum(counts) / counts.sum()
    low, high = np.searchsorted(below, (RARE_SHARE, 1 - RARE_SHARE), side="right").tolist()
    return int(counts.argmax()), low, high


def jpeg(image: Pixels, quality: int) -> bytes:
    """(height, width, 3) RGB as a JPEG of that quality, 0 to 100. Other threads go on meanwhile, as Pillow
    lets none do.
    """
    parameters = (cv2.IMWRITE_JPEG_QUALITY, quality)
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), parameters)[1].tobytes()


def grey(image: Pixels) -> Grey:
    """(height, width, 3) RGB to (height, width)."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
