"""The noise of a scan, taken out where small marks are looked for. Pure functions."""

import numpy as np
from numpy.typing import NDArray

NOISY = 8  # levels of 255 by which the middling pixel differs from its neighbour: clean scans have 0 to 3
STEP = 4  # rows of which one is looked at

Gray = NDArray[np.uint8]


def smoothed(gray: Gray) -> Gray:
    """The page's brightness (height, width), each pixel of a noisy one the mean of the nine around it."""
    sample = gray[::STEP].astype(np.int16)
    if min(gray.shape) < 3 or np.median(np.abs(np.diff(sample, axis=1))) < NOISY:
        return gray
    rows = gray[:-2].astype(np.uint16) + gray[1:-1] + gray[2:]
    found = gray.copy()
    found[1:-1, 1:-1] = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) // 9
    return found
