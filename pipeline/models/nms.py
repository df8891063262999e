"""Non-maximum suppression over boxes in any unit, by OpenCV."""

import cv2
import numpy as np
from numpy.typing import NDArray


def suppress(boxes: NDArray[np.float32], scores: NDArray[np.float32], limit: float) -> list[int]:
    """Indices of the boxes to keep, best score first: none of them overlaps a better one by more than ``limit``.

    ``boxes`` are (n, 4): left, top, right, bottom. ``limit`` is intersection over union, in [0, 1]. OpenCV takes boxes
    without area for one and the same box.
    """
    if not len(boxes):
        return []
    corners_and_sizes = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    positive = scores - scores.min() + 1  # OpenCV drops scores that are not above its threshold, here 0
    return [int(index) for index in cv2.dnn.NMSBoxes(corners_and_sizes.tolist(), positive.tolist(), 0.0, limit)]
