"""Ink of a page that belongs to nothing that is known of it. Pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box

INK = 40  # of 255: how far the brightness of ink is from that of the ground
AROUND = 1.5  # points around a word that its letters may reach beyond its box, and by which a rule may be thick


def stray_ink(part: NDArray[np.uint8], scale: float, known: Iterable[Box], left: int = 0, top: int = 0) -> float:
    """Share of the pixels of ``part``, in [0, 1], that are ink outside all ``known`` boxes, which are in points.

    ``part`` is the brightness (height, width) of a page, at ``scale`` pixels per point, from its pixels ``left`` and
    ``top`` on; the ground is the brightness that half of it is darker than.
    """
    ink = np.abs(part.astype(np.int16) - int(np.median(part))) > INK
    for box in known:
        down = slice(_pixel(box.top - AROUND, scale, top), _pixel(box.bottom + AROUND, scale, top) + 1)
        across = slice(_pixel(box.left - AROUND, scale, left), _pixel(box.right + AROUND, scale, left) + 1)
        ink[down, across] = False
    return float(ink.mean())


def _pixel(place: float, scale: float, first: int) -> int:
    """The pixel at ``place`` points, counted from pixel ``first``; never before it."""
    return max(int(place * scale) - first, 0)
