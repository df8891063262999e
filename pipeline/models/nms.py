"""Non-maximum suppression over boxes in any unit."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """Area of each (left, top, right, bottom) row; 0 for an inverted box."""
    sides = np.clip(boxes[..., 2:] - boxes[..., :2], 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1], dtype=np.float32)


def overlaps(box: Boxes, others: Boxes) -> NDArray[np.float32]:
    """Intersection over union of one box (4,) with each of (n, 4), in [0, 1]."""
    corners = np.concatenate([np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])], axis=1)
    shared = areas(corners)
    union = areas(box) + areas(others) - shared
    return np.asarray(shared / np.maximum(union, 1e-5), dtype=np.float32)


def suppress(boxes: Boxes, scores: NDArray[np.float32], limit: float) -> list[int]:
    """Indices of the boxes kept, best score first: none of them overlaps a better one by more than ``limit``."""
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, order = int(order[0]), order[1:]
        kept.append(best)
        order = order[overlaps(boxes[best], boxes[order]) <= limit]
    return kept
